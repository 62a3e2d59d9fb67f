/// What one audience of one app may be given, and by which exchange.
package struct Grant: Sendable {
    package enum Audience: String, Sendable {
        case signedIn = "signed-in"
        case guest
    }

    /// How the credentials are obtained (design decision "four exchanges").
    package enum Exchange: String, CaseIterable, Sendable {
        case webIdentity = "web-identity"
        case assumeRole = "assume-role"
    }

    package let app: AppName
    package let audience: Audience
    package let monitor: AppMonitor
    package let exchange: Exchange
    package let roleARN: String
    /// Seconds, 900–43,200 (AssumeRole `DurationSeconds`).
    package let sessionDuration: Int
    package let policy: SessionPolicy
    /// Stands for all of the above in cache keys.
    package let digest: GrantDigest

    package init(
        app: AppName, audience: Audience, monitor: AppMonitor, exchange: Exchange, roleARN: String,
        sessionDuration: Int, digest: (String) -> GrantDigest
    ) {
        self.app = app
        self.audience = audience
        self.monitor = monitor
        self.exchange = exchange
        self.roleARN = roleARN
        self.sessionDuration = sessionDuration
        policy = SessionPolicy(monitor)
        let fields = [
            app.rawValue, audience.rawValue, monitor.arn, monitor.id, monitor.endpoint, exchange.rawValue, roleARN,
            String(sessionDuration), policy.json,
        ]
        // Length-prefixed, so that no two lists of fields have one spelling.
        self.digest = digest(fields.map { "\($0.utf8.count):\($0)" }.joined())
    }
}
