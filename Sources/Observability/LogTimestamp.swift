// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
private import Synchronization

/// Times of log lines, RFC 3339 in UTC with milliseconds; formatted once per second.
package enum LogTimestamp {
    private struct Second {
        var seconds: Int = .min
        var text = ""
    }

    private static let last = Mutex(Second())

    package static func format(_ date: Date) -> String {
        let milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded(.down))
        let (seconds, rest) = (milliseconds.flooredQuotient(1000), milliseconds.flooredRemainder(1000))
        let text = last.withLock { last in
            if last.seconds != seconds {
                let formatted = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
                last = Second(seconds: seconds, text: String(formatted.dropLast()))
            }
            return last.text
        }
        let digits = String(rest + 1000).dropFirst()
        return "\(text).\(digits)Z"
    }
}

extension Int {
    fileprivate func flooredQuotient(_ divisor: Int) -> Int {
        (self - flooredRemainder(divisor)) / divisor
    }

    fileprivate func flooredRemainder(_ divisor: Int) -> Int {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
