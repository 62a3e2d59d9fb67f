// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Service

@Suite struct AdmissionTests {
    @Test("admits connections up to exactly the limit, and one more for each that closes")
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

    @Test("admits no connections after it is closed")
    func closed() async {
        let admission = Admission(limit: 2)
        await admission.close()
        #expect(!admission.admits)
    }
}
