// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Outbound

/// The date formats of AWS, in UTC and independent of locale and time zone.
enum AWSDate {
    /// `yyyyMMdd'T'HHmmss'Z'`, the form of `X-Amz-Date` and of the string to sign.
    static func timestamp(_ date: Date) -> String {
        let time = CivilTime(date)
        var text: [UInt8] = []
        text.reserveCapacity(16)
        append(time.year, 4, to: &text)
        append(time.month, 2, to: &text)
        append(time.day, 2, to: &text)
        text.append(UInt8(ascii: "T"))
        append(time.hour, 2, to: &text)
        append(time.minute, 2, to: &text)
        append(time.second, 2, to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// `yyyy-MM-dd'T'HH:mm:ss'Z'`, optionally with a fraction, as STS writes `Expiration`; `nil` for anything else,
    /// including dates that do not exist.
    static func parseISO8601(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard (20...30).contains(bytes.count), bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            bytes.last == UInt8(ascii: "Z"), isFraction(bytes[19..<(bytes.count - 1)])
        else { return nil }
        return date(
            year: number(bytes[0..<4]), month: number(bytes[5..<7]), day: number(bytes[8..<10]),
            hour: number(bytes[11..<13]), minute: number(bytes[14..<16]), second: number(bytes[17..<19]))
    }

    /// Like `parseISO8601`, but also accepts an offset (`+00:00`) instead of the `Z`, as some programs write it.
    static func parseRFC3339(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 25, bytes.last != UInt8(ascii: "Z") else { return parseISO8601(text) }
        let offset = bytes.suffix(6)
        guard let sign = offset.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            offset[offset.startIndex + 3] == UInt8(ascii: ":"), let hours = number(offset.dropFirst().prefix(2)),
            let minutes = number(offset.suffix(2)), hours <= 23, minutes <= 59,
            let local = parseISO8601(String(decoding: bytes.dropLast(6), as: UTF8.self) + "Z")
        else { return nil }
        let seconds = Double(hours * 3_600 + minutes * 60)
        return local.addingTimeInterval(sign == UInt8(ascii: "+") ? -seconds : seconds)
    }

    private static func date(year: Int?, month: Int?, day: Int?, hour: Int?, minute: Int?, second: Int?) -> Date? {
        guard let year, let month, let day, let hour, let minute, let second, year >= 1970, (1...12).contains(month),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let midnight = Date(timeIntervalSince1970: Double(CivilTime.daysFromEpoch(year, month, day)) * 86_400)
        let civil = CivilTime(midnight)
        // A day that the month does not have converts back to another date.
        guard civil.month == month, civil.day == day else { return nil }
        return midnight.addingTimeInterval(Double(hour * 3_600 + minute * 60 + second))
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    private static func isFraction(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.isEmpty || (bytes.count > 1 && bytes.first == UInt8(ascii: ".") && number(bytes.dropFirst()) != nil)
    }

    private static func append(_ value: Int, _ width: Int, to text: inout [UInt8]) {
        let digits = String(value).utf8
        text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, width - digits.count)))
        text += digits
    }
}
