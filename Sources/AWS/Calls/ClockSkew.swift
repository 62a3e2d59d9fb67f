import FoundationEssentials
import Outbound
import Synchronization

/// How far AWS's clock is ahead of this machine's, for signing. Kept once it is 5 minutes or more, as AWS refuses then.
final class ClockSkew: Sendable {
    private let offset = Mutex<TimeInterval>(0)

    func correct(_ date: Date) -> Date {
        date.addingTimeInterval(offset.withLock { $0 })
    }

    /// Learns from a response's `Date` header.
    /// - Returns: whether the correction is now another than the one that `signedAt` was made with.
    func learn(_ header: String?, now: Date, signedAt: Date) -> Bool {
        guard let server = header.flatMap(HTTPDate.parse) else { return false }
        let correction = Self.isOff(server, now) ? server.timeIntervalSince(now) : 0
        offset.withLock { $0 = correction }
        return Self.isOff(now.addingTimeInterval(correction), signedAt)
    }

    /// AWS's time by a response's `Date` header, where it is another than this machine's.
    static func theirs(_ header: String?, now: Date) -> Date? {
        header.flatMap(HTTPDate.parse).flatMap { isOff($0, now) ? $0 : nil }
    }

    private static func isOff(_ one: Date, _ other: Date) -> Bool { abs(one.timeIntervalSince(other)) >= 300 }
}
