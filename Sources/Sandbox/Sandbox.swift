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
/// Its keys are made when it starts, and nothing of it outlives the process. It checks what AWS checks, so that what
/// works here works there; it is no place for real users.
package final class Sandbox: Sendable {
    /// What depends on the address, which with port 0 is known no sooner than the listener is bound.
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
    ///   - providers: those that IAM knows besides the sandbox's own.
    ///   - sessionCapacity: sessions remembered at most; the oldest ones leave.
    /// - Throws: `PolicyError` where a role's policy is no IAM policy, or what libcrypto says about a new key.
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

    /// The long-term access key that the guest role trusts, for the broker's own AWS identity.
    package var brokerAccessKeyID: String { account.brokerKey.id }
    package var brokerSecretAccessKey: String { account.brokerKey.secret }

    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - onListening: gets the base URL, which is the issuer's and the endpoints' (`http://127.0.0.1:8090`), once
    ///     connections are accepted, and before the first one is answered.
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
                    logger.error("the sandbox has no port and so no issuer")
                    return
                }
                let baseURL = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
                publish(at: baseURL)
                await onListening(baseURL)
            },
            logger: logger)
    }

    /// Makes `baseURL` the issuer. Requests that need one are answered 503 before, so nothing is ever issued under an
    /// address that a caller made up in its `Host` header.
    func publish(at baseURL: String) {
        let provider = IdentityProvider(
            issuer: baseURL, clientID: configuration.clientID, users: configuration.users,
            tokenLifetime: configuration.tokenLifetime, signer: signer,
            refreshTokens: RefreshTokens(random: random), random: random)
        let own = TrustedOIDCProvider(issuer: baseURL, audiences: [configuration.clientID], keys: keys)
        let account = account.withIdentityProvider(own.name)
        let service = SecurityTokenService(
            account: account, sessions: sessions, identities: TrustedProviders([own] + providers, account: account),
            random: random)
        published.withLock {
            $0 = Published(provider: provider, securityTokenService: service)
        }
    }

    /// - Parameter isLocal: whether it is for this machine only.
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
