// SPDX-License-Identifier: Apache-2.0

/// The credentials that one audience of one app may get, and the exchange that Purser obtains them by.
package final class Grant: Sendable {
    package enum Audience: String, Sendable {
        case signedIn = "signed-in"
        case guest
    }

    /// How guests share sessions.
    package enum GuestSessions: String, CaseIterable, Sendable {
        /// One session for all guests until its refresh is due, so that the number of exchanges does not grow with the
        /// number of visitors.
        case shared
        /// One session for each response, so that sessions are distinguishable and one of them can be revoked.
        case perVisitor = "per-visitor"
    }

    package let app: AppName
    package let audience: Audience
    package let monitor: AppMonitor
    package let exchange: Exchange
    /// Seconds, 900–43,200 (AssumeRole `DurationSeconds`).
    package let sessionDuration: Int
    package let attribution: Attribution
    package let guestSessions: GuestSessions
    package let policy: SessionPolicy
    /// Of all properties above, for cache keys.
    package let digest: SHA256Digest

    package init(
        app: AppName, audience: Audience, monitor: AppMonitor, exchange: Exchange, sessionDuration: Int,
        attribution: Attribution = Attribution(), guestSessions: GuestSessions = .shared,
        digest: (String) -> SHA256Digest
    ) {
        self.app = app
        self.audience = audience
        self.monitor = monitor
        self.exchange = exchange
        self.sessionDuration = sessionDuration
        self.attribution = attribution
        self.guestSessions = guestSessions
        policy = SessionPolicy(monitor)
        let fields =
            [
                app.rawValue, audience.rawValue, monitor.arn, monitor.id, monitor.endpoint, String(sessionDuration),
                guestSessions.rawValue, policy.json,
            ] + exchange.fields + attribution.fields
        self.digest = digest(LengthPrefixed.encode(fields))
    }
}
