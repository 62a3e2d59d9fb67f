package import Vending

/// All that an app needs in the account, for both of its audiences.
package struct AppDocuments: Sendable {
    package let app: AppName
    /// Where the app's pages come from: what a new monitor is told (CreateAppMonitor `DomainList`).
    package let domains: [String]
    package let signedIn: GrantDocuments?
    package let guest: GrantDocuments?
    package let providers: [OIDCProviderDocument]
    /// For Purser's own identity, where an exchange needs one.
    package let broker: PolicyDocument?

    package init(
        app: AppName, domains: [String], signedIn: GrantDocuments?, guest: GrantDocuments?,
        providers: [OIDCProviderDocument], broker: PolicyDocument?
    ) {
        self.app = app
        self.domains = domains
        self.signedIn = signedIn
        self.guest = guest
        self.providers = providers
        self.broker = broker
    }
}
