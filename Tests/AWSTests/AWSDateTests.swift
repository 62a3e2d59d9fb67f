// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import AWS

@Suite struct AWSDateTests {
    @Test(
        "formats timestamps in UTC, including leap days and year boundaries",
        arguments: [
            (0.0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_709_164_799.9, "20240228T235959Z"),
            (1_709_164_800, "20240229T000000Z"), (1_767_225_599, "20251231T235959Z"),
            (1_767_225_600, "20260101T000000Z"), (4_107_542_400, "21000301T000000Z"), (-1, "19691231T235959Z"),
        ])
    func timestamp(seconds: Double, text: String) {
        #expect(AWSDate.timestamp(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test("formats and parses days of 400 years as Foundation's calendar does")
    func roundTrip() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for day in stride(from: 0, to: 146_097, by: 37) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 3_723)
            let text = AWSDate.timestamp(date)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let (year, month, day) = (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
            #expect(text == String(format: "%04d%02d%02dT010203Z", year, month, day))
            #expect(AWSDate.parseISO8601(String(format: "%04d-%02d-%02dT01:02:03Z", year, month, day)) == date)
        }
    }

    @Test("parses STS's expirations and drops fractions")
    func iso() {
        let date = Date(timeIntervalSince1970: 1_767_326_645)
        #expect(AWSDate.parseISO8601("2026-01-02T04:04:05Z") == date)
        #expect(AWSDate.parseISO8601("2026-01-02T04:04:05.999Z") == date)
        #expect(AWSDate.parseISO8601("2024-02-29T00:00:00Z") != nil)
    }

    @Test(
        "rejects any other text as a date",
        arguments: [
            "", "2026-01-02", "2026-01-02T04:04:05", "2026-01-02T04:04:05+00:00", "2026-01-02 04:04:05Z",
            "2026-1-02T04:04:05Z", "2026-02-29T04:04:05Z", "2026-13-01T04:04:05Z", "2026-00-01T04:04:05Z",
            "2026-01-32T04:04:05Z", "2026-01-00T04:04:05Z", "2026-01-02T24:04:05Z", "2026-01-02T04:60:05Z",
            "2026-01-02T04:04:61Z", "2026-01-02T04:04:05.Z", "2026-01-02T04:04:05.1x2Z", "2026-01-02T04:04:05ZZ",
            "-026-01-02T04:04:05Z", "1969-12-31T23:59:59Z", "２026-01-02T04:04:05Z", "2026-01-02t04:04:05z",
            "2026-01-02T04:04:05.123456789012345678901Z", "1767326645",
        ])
    func badISO(text: String) { #expect(AWSDate.parseISO8601(text) == nil) }
}
