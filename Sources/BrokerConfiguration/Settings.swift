package import AWS
package import Vending

package struct Settings: Sendable {
    package let listen: ListenAddress
    package let admin: ListenAddress
    /// Names by which the listeners may be spoken to; see `AllowedHosts`.
    package let hosts: [String]
    package let aws: AWSSettings
    package let issuers: [IssuerSettings]
    package let apps: [AppSettings]
    package let cache: CacheLimits
    package var connections: ConnectionSettings
    package let drain: Duration
    package let exchangeTimeout: Duration
    /// Calls of STS a second at most.
    package let stsRate: Int
    /// Calls of the data plane a second at most.
    package let rumRate: Int
    /// Of a batch at most.
    package let batchBytes: Int
    package let endpoints: Endpoints
    package let minting: MintingSettings?
    /// `nil` where there is none, and each start makes one of its own.
    package let pseudonymKey: PseudonymKey?
    /// `nil` where nobody is ever denied.
    package let denied: DeniedFile?
    package let audit: AuditSettings

    /// The name of the setting that gives a listener its address.
    package func setting(of address: ListenAddress) -> String { address == listen ? "listen" : "admin" }

    package var grants: [GrantSettings] { apps.flatMap { [$0.signedIn, $0.guest].compactMap { $0 } } }
}
