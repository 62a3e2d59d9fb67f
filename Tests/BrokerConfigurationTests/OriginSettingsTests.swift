// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import BrokerConfiguration

@Suite struct OriginSettingsTests {
    private func problems(_ origin: String) -> [String] {
        SettingsFixture.problems(
            SettingsFixture.replacing("origins: [https://shop.example.com]", by: "origins: [\"\(origin)\"]"))
    }

    @Test(
        "an origin with a wildcard is refused: origins are compared exactly",
        arguments: [
            "https://*.example.com", "https://*", "http://*:8080", "https://shop.*.com", "https://shop*.example.com",
            "https://%2a.example.com", "*.example.com", "*",
        ])
    func wildcard(origin: String) {
        let problems = problems(origin)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("f:15: ") == true, "\(problems)")
        #expect(problems.first?.contains("expected an origin such as https://shop.example.com") == true, "\(problems)")
    }

    @Test("an origin without a wildcard is accepted", arguments: ["https://shop.example.com", "http://localhost:8080"])
    func exact(origin: String) {
        #expect(problems(origin).isEmpty)
    }
}
