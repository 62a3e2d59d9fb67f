import AWS
import BrokerConfiguration
import Logging
import ServiceLifecycle
import Vending

/// Purser's own AWS credentials: where they come from, in the operator's words, and who keeps them.
struct BrokerIdentity: Sendable {
    let credentials: CachedBrokerCredentials
    /// Whether any exchange signs with them.
    let isNeeded: Bool
    private let chain: BrokerCredentialChain

    init(_ settings: Settings, _ environment: Environment, sts: STSClient, logger: Logger) {
        let chain = BrokerCredentialChain(
            environment: environment.variables, transport: environment.transport, sts: sts)
        self.chain = chain
        isNeeded = settings.grants.contains { $0.exchange.kind == .assumeRole }
        credentials = CachedBrokerCredentials(
            patience: settings.exchangeTimeout, now: environment.now,
            report: { event in
                switch event {
                case .source(let name): logger.info("own credentials", metadata: ["source": "\(name)"])
                case .renewalFailed(let problem):
                    logger.warning("own credentials not renewed", metadata: ["detail": "\(problem)"])
                }
            }, load: chain.load)
    }

    /// Sessions that AWS will not give for as long as the configuration asks, or may not: a role's own credentials get an
    /// hour at most (AssumeRole, "role chaining"). Contacts nobody, but waits for the disk.
    func tooLongSessions(_ settings: Settings) -> (refused: [String], doubtful: [String]) {
        // Without credentials, that is what is to be told, and is told elsewhere.
        guard isNeeded, let plan = try? plan(), plan.isRoleSession else { return ([], []) }
        let found = settings.apps.flatMap { app in
            [("signed-in", app.signedIn), ("guest", app.guest)].compactMap { name, grant -> String? in
                guard let grant, grant.exchange.kind == .assumeRole, grant.session > .seconds(3_600) else { return nil }
                return "apps.\(app.name).\(name).session: found \(Int(grant.session / .seconds(1)))s; expected at most "
                    + "1h where Purser's own credentials (\(plan.summary)) are a role's: AWS gives no longer sessions then"
            }
        }
        return plan.isRoleSessionForSure ? (found, []) : ([], found)
    }

    /// Where they would come from, or why from nowhere. Contacts nobody, but waits for the disk.
    func plan() throws(BrokerCredentialError) -> CredentialPlan {
        try chain.plan()
    }
}

/// Fetches own credentials once at the start, so that the log says where they came from, or why none came.
struct BrokerIdentityAtStart: ServiceLifecycle.Service {
    let identity: BrokerIdentity
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            guard identity.isNeeded else { return }
            do throws(ExchangeError) {
                _ = try await identity.credentials.credentials()
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("own credentials missing", metadata: ["detail": "\(error.detail)"])
            }
        }
        try await gracefulShutdown()
    }
}
