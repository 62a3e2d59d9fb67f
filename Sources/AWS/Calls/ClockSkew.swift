// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Outbound
import Synchronization

/// How far AWS's clock is ahead of this machine's, for signing. Used from 5 minutes on, where AWS rejects signatures.
final class ClockSkew: Sendable {
    private let offset = Mutex<TimeInterval>(0)

    func correct(_ date: Date) -> Date {
        date.addingTimeInterval(offset.withLock { $0 })
    }

    /// Updates the correction from a response's `Date` header.
    /// - Returns: whether the correction now differs from the one behind `signedAt`, so that a retry makes sense.
    func learn(_ header: String?, now: Date, signedAt: Date) -> Bool {
        guard let server = header.flatMap(HTTPDate.parse) else { return false }
        let correction = Self.isOff(server, now) ? server.timeIntervalSince(now) : 0
        offset.withLock { $0 = correction }
        return Self.isOff(now.addingTimeInterval(correction), signedAt)
    }

    /// AWS's time from a response's `Date` header; `nil` if it differs from this machine's by less than 5 minutes.
    static func serverTime(_ header: String?, now: Date) -> Date? {
        header.flatMap(HTTPDate.parse).flatMap { isOff($0, now) ? $0 : nil }
    }

    private static func isOff(_ one: Date, _ other: Date) -> Bool { abs(one.timeIntervalSince(other)) >= 300 }
}
