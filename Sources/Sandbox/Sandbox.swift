// SPDX-License-Identifier: Apache-2.0

import Cryptography
package import FoundationEssentials
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import Synchronization
import Tokens

/// An identity provider, an STS and a RUM data plane for one machine without an AWS account, on one listener.
///
/// It generates its keys at start and keeps all state in memory. It makes the checks that AWS makes, so that what works
/// here works with AWS. It is for development and tests only, never for real users.
package final class Sandbox: Sendable {
    /// The parts that depend on the address. With port 0 it is known only after the listener is bound.
    private struct Published {
        let provider: IdentityProvider
        let securityTokenService: SecurityTokenService
    }

    package let configuration: SandboxConfiguration
    private let account: Account
    let signer: TokenSigner
    private let keys: KeySet
    private let providers: [TrustedOIDCProvider]
    let sessions: SessionStore
    let dataPlane: SandboxDataPlane
    private let random: RandomBytes
    private let now: @Sendable () -> Date
    private let published = Mutex<Published?>(nil)

    /// - Parameters:
    ///   - providers: OIDC providers registered in IAM besides the sandbox's identity provider.
    ///   - sessionCapacity: maximum number of stored sessions; at capacity the oldest one is evicted.
    /// - Throws: `PolicyError` if a role's policy is not a valid IAM policy; a libcrypto error if key generation fails.
    package init(
        configuration: SandboxConfiguration = .demo, providers: [TrustedOIDCProvider] = [],
        sessionCapacity: Int = 10_000,
        random: @escaping RandomBytes = systemRandomBytes, now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        self.configuration = configuration
        self.random = random
        self.now = now
        account = try Account(configuration, brokerKey: AccessKey(prefix: "AKIASANDBOX", random: random))
        signer = try TokenSigner(
            key: try PrivateKey.generate(.ec(.p256)), keyID: "sandbox-" + Hex.encode(random(4)), algorithm: .es256)
        keys = try KeySet(jwks: signer.jwks())
        self.providers = providers
        sessions = SessionStore(capacity: sessionCapacity)
        dataPlane = SandboxDataPlane(
            configuration: configuration, sessions: sessions, received: ReceivedEvents(configuration.monitors))
    }

    /// The broker's AWS credentials: the long-term access key that the guest role trusts.
    package var brokerAccessKeyID: String { account.brokerKey.id }
    package var brokerSecretAccessKey: String { account.brokerKey.secret }

    /// - Parameters:
    ///   - port: 0 selects any free port.
    ///   - onListening: called with the base URL of the issuer and the endpoints (`http://127.0.0.1:8090`) once the
    ///     listener accepts connections and before it answers the first request.
    package func application(
        host: String = "127.0.0.1", port: Int = 8_090, logger: Logger,
        onListening: @escaping @Sendable (_ baseURL: String) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(isLocal: SandboxHosts.isLoopback(host)),
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(1_024)),
            onServerRunning: { [self] channel in
                guard let port = channel.localAddress?.port else {
                    logger.error("the sandbox's listener has no port, so the sandbox has no issuer")
                    return
                }
                let baseURL = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
                publish(at: baseURL)
                await onListening(baseURL)
            },
            logger: logger)
    }

    /// Makes `baseURL` the issuer. Until then the sandbox answers requests that need an issuer with 503. The issuer
    /// never comes from a client's `Host` header, so a client cannot choose it.
    func publish(at baseURL: String) {
        let provider = IdentityProvider(
            issuer: baseURL, clientID: configuration.clientID, users: configuration.users,
            tokenLifetime: configuration.tokenLifetime, signer: signer,
            refreshTokens: RefreshTokens(random: random), random: random)
        let ownProvider = TrustedOIDCProvider(issuer: baseURL, audiences: [configuration.clientID], keys: keys)
        let account = account.withIdentityProvider(ownProvider.name)
        let service = SecurityTokenService(
            account: account, sessions: sessions,
            identities: TrustedProviders([ownProvider] + providers, account: account), random: random)
        published.withLock {
            $0 = Published(provider: provider, securityTokenService: service)
        }
    }

    /// - Parameter isLocal: whether the listener is on the loopback interface, which enables the check of host names.
    private func router(isLocal: Bool) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        if isLocal { router.add(middleware: SandboxHosts()) }
        router.add(middleware: AnyOrigin())
        IdentityProviderRoutes(provider: { [self] in published.withLock { $0?.provider } }, now: now)
            .add(to: router)
        SecurityTokenServiceRoutes(
            service: { [self] in published.withLock { $0?.securityTokenService } }, random: random, now: now
        ).add(to: router)
        DataPlaneRoutes(dataPlane: dataPlane, random: random, now: now).add(to: router)
        return router
    }
}
