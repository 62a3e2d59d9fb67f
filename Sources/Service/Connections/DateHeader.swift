// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
private import Synchronization

/// The `Date` header field (RFC 9110 §6.6.1), formatted once per second.
package enum DateHeader {
    private struct Second {
        var seconds: Int = .min
        var text = ""
        var bytes: [UInt8] = []
    }

    private static let last = Mutex(Second())

    static func now() -> String { current { $0.text } }

    static func bytes() -> [UInt8] { current { $0.bytes } }

    private static func current<Value: Sendable>(_ read: (borrowing Second) -> Value) -> Value {
        let date = Date()
        let seconds = Int(date.timeIntervalSince1970)
        return last.withLock { last in
            if last.seconds != seconds {
                let text = format(date)
                last = Second(seconds: seconds, text: text, bytes: Array(text.utf8))
            }
            return read(last)
        }
    }

    /// IMF-fixdate (RFC 9110 §5.6.7).
    package static func format(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.weekday, .day, .month, .year, .hour, .minute, .second], from: date)
        func digits(_ value: Int?, _ width: Int = 2) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let weekday = weekdays[(parts.weekday ?? 1) - 1]
        let month = months[(parts.month ?? 1) - 1]
        let time = [parts.hour, parts.minute, parts.second].map { digits($0) }.joined(separator: ":")
        return "\(weekday), \(digits(parts.day)) \(month) \(digits(parts.year, 4)) \(time) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
