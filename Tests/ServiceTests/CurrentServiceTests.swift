// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Service

@Suite struct CurrentServiceTests {
    @Test("a connection sees a new service from its next request on, and only then")
    func replaced() throws {
        let (first, second) = (try ServiceHarness(), try ServiceHarness())
        let current = CurrentService(first.service)
        var reader = CurrentService.Reader(current)
        #expect(reader.read() === first.service && reader.read() === first.service)
        current.replace(with: second.service)
        #expect(reader.read() === second.service && current.value === second.service)
        var later = CurrentService.Reader(current)
        #expect(later.read() === second.service)
    }

    @Test("a request is for the service that parsed it")
    func ownService() throws {
        let harness = try ServiceHarness()
        #expect(harness.service.parse(harness.request()).service === harness.service)
    }
}
