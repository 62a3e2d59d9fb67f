// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Sandbox

@Suite("SigV4 dates")
struct AmazonDateTests {
    @Test("a SigV4 date parses and formats in whole seconds")
    func roundTrip() {
        let date = Date(timeIntervalSince1970: 1_767_323_045)
        #expect(AmazonDate.parse("20260102T030405Z") == date)
        #expect(AmazonDate.format(date) == "20260102T030405Z")
        #expect(AmazonDate.format(Date(timeIntervalSince1970: 1_767_323_045.9)) == "20260102T030405Z")
    }

    @Test(
        "rejects text that is not a valid SigV4 date",
        arguments: [
            "", "20260102T030405", "2026-01-02T03:04:05Z", "20260631T030405Z", "20261302T030405Z", "20260102T250405Z",
            "20260102T036005Z", "2026010aT030405Z", "20260102t030405z", "20260102T030405ZZ", "+0260102T030405Z",
        ])
    func rejects(text: String) {
        #expect(AmazonDate.parse(text) == nil)
    }
}
