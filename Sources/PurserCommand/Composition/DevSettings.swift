// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Cryptography
import Sandbox
import Tokens
import Vending

/// The configuration of the broker in `purser dev`, in YAML, so that it also serves as an example.
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
              # Users can go around Purser with their own token. Recommended: assume-role or minted (docs/revocation.md).
              exchange: web-identity
              role: \(configuration.signedInRole.arn)
              session: 1h
            guest:
              monitor: {name: \(configuration.guestMonitor.name), id: \(configuration.guestMonitor.id)}
              exchange: assume-role
              role: \(configuration.guestRole.arn)
              session: 1h
          \(mintedApp):
            origins: ["http://\(listen)", "http://localhost:3000"]
            signed-in:
              monitor: {name: \(configuration.signedInMonitor.name), id: \(configuration.signedInMonitor.id)}
              issuers: [\(url)]
              exchange: minted
              role: \(configuration.mintedSignedInRole.arn)
              session: 12h
              tags: {app: app, issuer: issuer}
              transitive-tags: [app]
            guest:
              monitor: {name: \(configuration.guestMonitor.name), id: \(configuration.guestMonitor.id)}
              exchange: minted
              role: \(configuration.mintedGuestRole.arn)
              session: 1h
              sessions: per-visitor
              tags: {app: app}
        limits: {drain: 0s}
        """
    }

    /// The app with the exchanges `web-identity` for users and `assume-role` for guests.
    static let app = "demo-store"
    /// The app with the exchange `minted` for users and guests.
    static let mintedApp = "demo-minted"

    /// Generates a signing key for the lifetime of the process.
    /// - Returns: the settings of `minting`, and the OIDC provider with which the sandbox's IAM trusts it.
    static func minting(
        _ configuration: SandboxConfiguration
    ) throws -> (settings: MintingSettings, provider: TrustedOIDCProvider) {
        let key = try PrivateKey.generate(.ec(.p256))
        let signer = try TokenSigner(key: key, keyID: TokenSigner.thumbprint(key.publicKey), algorithm: .es256)
        return (
            MintingSettings(issuer: Issuer(configuration.brokerIssuer), keys: [SigningKeyFile(signer)]),
            TrustedOIDCProvider(
                issuer: configuration.brokerIssuer, audiences: [MintingIssuer.audience],
                keys: try KeySet(jwks: signer.jwks()))
        )
    }
}
