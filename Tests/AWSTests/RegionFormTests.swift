// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AWS

@Suite struct RegionFormTests {
    @Test(
        "Regions of every partition have the usual form",
        arguments: [
            "us-east-1", "ap-southeast-5", "ca-west-1", "il-central-1", "us-gov-east-1", "cn-north-1", "us-isob-east-1",
            "eu-isoe-west-1", "eusc-de-east-1", "mx-central-1",
        ])
    func usual(name: String) throws {
        #expect(try #require(Region(name)).hasUsualForm)
    }

    @Test("misspelt Regions do not", arguments: ["us-wset-2", "us-westt-2", "eu-centrall-1", "europe-west-1", "a-b-1"])
    func misspelt(name: String) throws {
        #expect(try !#require(Region(name)).hasUsualForm)
    }
}
