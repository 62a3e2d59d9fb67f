// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Service

@Suite struct AdmissionTests {
    @Test("admits connections up to exactly the limit, and another one for each that closes")
    func limit() {
        let admission = Admission(limit: 2)
        #expect(admission.admits)
        admission.opened()
        #expect(admission.admits)
        admission.opened()
        #expect(!admission.admits)
        admission.closed()
        #expect(admission.admits)
    }

    @Test("admits none after it was closed")
    func closed() async {
        let admission = Admission(limit: 2)
        await admission.close()
        #expect(!admission.admits)
    }
}
