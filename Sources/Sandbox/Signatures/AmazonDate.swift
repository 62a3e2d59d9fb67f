// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// SigV4's time format, `20260102T030405Z`.
enum AmazonDate {
    /// - Returns: `nil` unless the text has exactly this format and is a real instant.
    static func parse(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            let digits = bytes[range]
            guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8),
            let hour = number(9..<11), let minute = number(11..<13), let second = number(13..<15)
        else { return nil }
        let parts = DateComponents(
            timeZone: .gmt, year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        // The calendar turns 31 June into 1 July. Only a real instant formats back to the same text.
        guard let date = Calendar(identifier: .iso8601).date(from: parts), format(date) == text else { return nil }
        return date
    }

    static func format(_ date: Date) -> String {
        date.formatted(
            Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted, timeZone: .gmt))
    }
}
