/// What one audience of one app may be given, and by which exchange.
package struct Grant: Sendable {
    package enum Audience: String, Sendable {
        case signedIn = "signed-in"
        case guest
    }

    /// How guests share sessions.
    package enum GuestSessions: String, CaseIterable, Sendable {
        /// One for all until it is due to be refreshed: what it costs does not grow with the visitors.
        case shared
        /// A session of its own for each answer, so that one can be told from another and be cut off.
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
    /// Stands for all of the above in cache keys.
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
