// SPDX-License-Identifier: Apache-2.0

package import AWS
package import Vending

package struct Settings: Sendable {
    package let listen: ListenAddress
    /// Whether connections from trusted proxies begin with a PROXY protocol header.
    package let proxyProtocol: Bool
    package let trustedProxies: [AddressBlock]
    /// Whether whoever may open the socket of `listen` is a trusted proxy.
    package let trustsSocketPeers: Bool
    package let admin: ListenAddress
    /// How the public and the admin listener are reached.
    package let listenTransport: TransportSettings
    package let adminTransport: TransportSettings
    /// Host names that the listeners accept; see `AllowedHosts`.
    package let hosts: [String]
    package let aws: AWSSettings
    package let issuers: [IssuerSettings]
    package let apps: [AppSettings]
    package let cache: CacheLimits
    package var connections: ConnectionSettings
    package let rates: RequestLimits.Rates
    package let drain: Duration
    package let exchangeTimeout: Duration
    /// Maximum number of STS calls per second.
    package let stsRate: Int
    /// Maximum number of data plane calls per second.
    package let rumRate: Int
    /// Percentage of the calls of each AWS endpoint that signed-in users get at least while guests wait too.
    package let signedInReserve: Int
    /// Maximum size of a batch.
    package let batchBytes: Int
    package let endpoints: Endpoints
    package let minting: MintingSettings?
    /// `nil` if none is configured; then each start generates a random key.
    package let pseudonymKey: PseudonymKey?
    /// `nil` if no deny list is configured.
    package let denied: DeniedFile?
    /// `nil` if no issuer sends logout tokens.
    package let logouts: LogoutSettings?
    package let audit: AuditSettings
    package let log: LogSettings
    /// Whether the system may write a core dump of the process, which contains secrets.
    package let coreDumps: Bool

    /// The name of the setting that defines a listener's address.
    package func setting(of address: ListenAddress) -> String { address == listen ? "listen" : "admin" }

    package var grants: [GrantSettings] { apps.flatMap { [$0.signedIn, $0.guest].compactMap { $0 } } }
}
