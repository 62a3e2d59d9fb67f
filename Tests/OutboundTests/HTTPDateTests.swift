// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import Testing

@Suite struct HTTPDateTests {
    @Test("parses an IMF-fixdate")
    func fixdate() {
        #expect(HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT") == Date(timeIntervalSince1970: 784_111_777))
        #expect(HTTPDate.parse("Thu, 29 Feb 2024 23:59:59 GMT") == Date(timeIntervalSince1970: 1_709_251_199))
    }

    @Test(
        "agrees with Foundation on every day of common, leap and century years",
        arguments: [1970, 1999, 2000, 2024, 2100])
    func days(year: Int) throws {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for (number, month) in months.enumerated() {
            for day in 1...31 {
                let text = "Mon, \(day < 10 ? "0" : "")\(day) \(month) \(year) 12:34:56 GMT"
                let components = DateComponents(
                    year: year, month: number + 1, day: day, hour: 12, minute: 34, second: 56)
                #expect(
                    HTTPDate.parse(text)
                        == (components.isValidDate(in: calendar) ? calendar.date(from: components) : nil), "\(text)")
            }
        }
    }

    @Test("compares names of header fields without regard to case")
    func names() {
        #expect("X-Amz-Date".isHeaderName("x-amz-DATE"))
        for other in ["X-Amz-Dat", "X-Amz-Dates", "X_Amz-Date", ""] { #expect(!"X-Amz-Date".isHeaderName(other)) }
        // Bit 5 distinguishes more than the cases of letters.
        #expect(!"[".isHeaderName("{") && !"@".isHeaderName("`"))
    }

    @Test(
        "rejects other date forms and dates that do not exist",
        arguments: [
            "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 31 Feb 1994 08:49:37 GMT", "Wed, 29 Feb 2023 00:00:00 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "0",
        ])
    func others(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }
}
