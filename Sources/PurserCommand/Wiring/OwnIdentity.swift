import AWS
import Logging
import ServiceLifecycle
import Vending

/// Purser's own AWS credentials: where they come from, in the operator's words, and who keeps them.
struct OwnIdentity: Sendable {
    let credentials: CachedCredentials
    /// Whether any exchange signs with them.
    let isNeeded: Bool
    private let chain: OwnCredentialChain

    init(_ settings: Settings, _ environment: Environment, sts: STSClient, logger: Logger) {
        let chain = OwnCredentialChain(
            environment: environment.variables, transport: environment.transport, sts: sts)
        self.chain = chain
        isNeeded = settings.grants.contains { $0.exchange.kind == .assumeRole }
        credentials = CachedCredentials(
            patience: settings.exchangeTimeout, now: environment.now,
            report: { event in
                switch event {
                case .source(let name): logger.info("own credentials", metadata: ["source": "\(name)"])
                case .renewalFailed(let problem):
                    logger.warning("own credentials not renewed", metadata: ["detail": "\(problem)"])
                }
            }, load: chain.load)
    }

    /// Where they would come from, or why from nowhere. Contacts nobody, but waits for the disk.
    func plan() throws(OwnCredentialProblem) -> CredentialPlan {
        try chain.plan()
    }
}

/// Fetches own credentials once at the start, so that the log says where they came from, or why none came.
struct OwnIdentityAtStart: ServiceLifecycle.Service {
    let identity: OwnIdentity
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            guard identity.isNeeded else { return }
            do throws(ExchangeFailure) {
                _ = try await identity.credentials.credentials()
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("own credentials missing", metadata: ["detail": "\(error.detail)"])
            }
        }
        try await gracefulShutdown()
    }
}
