// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Outbound

/// Reads the `Retry-After` header of a response.
enum RetryAfter {
    /// In seconds. A page has no use for a longer wait.
    private static let limit = 3_600

    /// `Retry-After` (RFC 9110 §10.2.3), seconds or a date, of at most an hour; `nil` for anything else.
    static func duration(_ response: OutboundResponse, now: Date) -> Duration? {
        let values = response.headers.filter { $0.name.lowercased() == "retry-after" }
        guard values.count == 1, let value = values.first?.value else { return nil }
        let seconds: Int
        if value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(value) {
            seconds = number
        } else if let date = HTTPDate.parse(value) {
            seconds = max(0, Int(date.timeIntervalSince(now).rounded(.up)))
        } else {
            return nil
        }
        return seconds <= limit ? .seconds(max(1, seconds)) : nil
    }
}
