// SPDX-License-Identifier: Apache-2.0

package import Vending

/// Everything that an app needs in the AWS account, for both of its audiences.
package struct AppDocuments: Sendable {
    package let app: AppName
    /// Domains of the app's pages, for a new monitor (CreateAppMonitor `DomainList`).
    package let domains: [String]
    package let signedIn: GrantDocuments?
    package let guest: GrantDocuments?
    package let providers: [OIDCProviderDocument]
    /// The policy for the broker's AWS identity; `nil` if no exchange uses it.
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
