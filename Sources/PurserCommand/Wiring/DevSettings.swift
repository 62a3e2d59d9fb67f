import Sandbox

/// The configuration of the sandbox's broker: an ordinary file, so that it shows what one looks like.
enum DevSettings {
    static func yaml(
        listen: String, admin: String, sandbox url: String, _ configuration: SandboxConfiguration
    ) -> String {
        """
        listen: "\(listen)"
        admin: "\(admin)"
        aws: {region: \(configuration.region), account: "\(configuration.account)"}
        issuers:
          - issuer: \(url)
            audiences: [\(configuration.clientID)]
            keys: discovery
        apps:
          \(app):
            origins: ["http://\(listen)", "http://localhost:3000"]
            signed-in:
              monitor: {name: \(configuration.signedInMonitor.name), id: \(configuration.signedInMonitor.id)}
              issuers: [\(url)]
              exchange: web-identity
              role: \(configuration.signedInRole.arn)
              session: 1h
            guest:
              monitor: {name: \(configuration.guestMonitor.name), id: \(configuration.guestMonitor.id)}
              exchange: assume-role
              role: \(configuration.guestRole.arn)
              session: 1h
        limits: {drain: 0s}
        """
    }

    static let app = "demo-store"
}
