// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// Dates in HTTP header fields.
package enum HTTPDate {
    /// Parses IMF-fixdate, the only form that servers may send (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
    /// Returns `nil` for any other form and for dates that do not exist. The name of the day is not checked.
    package static func parse(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count == 29, bytes[3...4].elementsEqual(", ".utf8), bytes[7] == UInt8(ascii: " "),
            bytes[11] == UInt8(ascii: " "), bytes[16] == UInt8(ascii: " "), bytes[19] == UInt8(ascii: ":"),
            bytes[22] == UInt8(ascii: ":"), bytes[25...].elementsEqual(" GMT".utf8),
            let month = months.firstIndex(where: { $0.utf8.elementsEqual(bytes[8..<11]) }),
            let day = number(bytes[5..<7]), let year = number(bytes[12..<16]), let hour = number(bytes[17..<19]),
            let minute = number(bytes[20..<22]), let second = number(bytes[23..<25]), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let midnight = Date(timeIntervalSince1970: Double(CivilTime.daysFromEpoch(year, month + 1, day)) * 86_400)
        let civil = CivilTime(midnight)
        // A day that the month does not have converts back to another date.
        guard civil.year == year, civil.month == month + 1, civil.day == day else { return nil }
        return midnight.addingTimeInterval(Double(hour * 3_600 + minute * 60 + second))
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }
}
