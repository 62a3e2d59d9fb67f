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
    /// Seconds, 60–3,600: Purser keeps the session and returns credentials of this lifetime that it makes from it
    /// (GetScopedCredentials). `nil`: it returns the session's own credentials.
    package let handOut: Int?
    /// The policy of the credentials that callers get, and that sign batches.
    package let policy: SessionPolicy
    /// Of all properties above, for cache keys.
    package let digest: SHA256Digest
    /// The policy of a session that Purser keeps; `nil` without `handOut`.
    package let parentPolicy: SessionPolicy?
    /// No part of the digest: it does not change the credentials.
    package let delivery: DeliveryMode

    package init(
        app: AppName, audience: Audience, monitor: AppMonitor, exchange: Exchange, sessionDuration: Int,
        attribution: Attribution = Attribution(), guestSessions: GuestSessions = .shared, handOut: Int? = nil,
        delivery: DeliveryMode = .both, digest: (String) -> SHA256Digest
    ) {
        self.app = app
        self.audience = audience
        self.monitor = monitor
        self.exchange = exchange
        self.sessionDuration = sessionDuration
        self.attribution = attribution
        self.guestSessions = guestSessions
        self.handOut = handOut
        self.delivery = delivery
        policy = SessionPolicy(monitor)
        parentPolicy = handOut.map { _ in SessionPolicy(parentFor: monitor) }
        let fields =
            [
                app.rawValue, audience.rawValue, monitor.arn, monitor.id, monitor.endpoint, String(sessionDuration),
                guestSessions.rawValue, handOut.map(String.init) ?? "", policy.json,
            ] + exchange.fields + attribution.fields
        self.digest = digest(LengthPrefixed.encode(fields))
    }

    /// Whether the credentials that callers get can have a session policy.
    package var takesSessionPolicy: Bool { exchange.sendsSessionPolicy || handOut != nil }
}
