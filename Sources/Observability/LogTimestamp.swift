// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
private import Synchronization

/// Times of log lines, RFC 3339 in UTC with milliseconds; formatted once per second.
package enum LogTimestamp {
    private struct Second {
        var seconds: Int = .min
        /// The time up to the second, without its zone.
        var text: [UInt8] = []
    }

    private static let last = Mutex(Second())

    package static func format(_ date: Date) -> String {
        var bytes: [UInt8] = []
        append(date, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func append(_ date: Date, to bytes: inout [UInt8]) {
        let milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded(.down))
        let (seconds, rest) = (milliseconds.flooredQuotient(1000), milliseconds.flooredRemainder(1000))
        last.withLock { last in
            if last.seconds != seconds {
                let formatted = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
                last = Second(seconds: seconds, text: Array(formatted.utf8.dropLast()))
            }
            bytes.append(contentsOf: last.text)
        }
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(0x30 + rest / 100))
        bytes.append(UInt8(0x30 + rest / 10 % 10))
        bytes.append(UInt8(0x30 + rest % 10))
        bytes.append(UInt8(ascii: "Z"))
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
