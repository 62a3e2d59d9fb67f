// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Service

@Suite struct DateHeaderTests {
    @Test(
        "formats dates as IMF-fixdate (RFC 9110)",
        arguments: [
            (784_111_777.0, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 GMT"),
        ])
    func imfFixdate(seconds: Double, text: String) {
        #expect(DateHeader.format(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test("request ids are 16 hexadecimal digits and distinct")
    func requestIDs() {
        let ids = (0..<10_000).map { _ in RequestID.next() }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count == 16 && $0.allSatisfy(\.isHexDigit) })
    }
}
