import Logging
import Observability
import Service
import ServiceLifecycle
import Tokens

/// The services of a broker, in the order of starting; they end in reverse.
struct Server {
    private let assembly: Assembly
    private let environment: Environment
    private let logger: Logger
    private let listening: @Sendable (String, Listeners.Address) async -> Void

    /// - Parameter listening: told each listener's name and address once it accepts connections.
    init(
        _ assembly: Assembly, _ environment: Environment, logger: Logger,
        listening: @escaping @Sendable (String, Listeners.Address) async -> Void = { _, _ in }
    ) {
        self.assembly = assembly
        self.environment = environment
        self.logger = logger
        self.listening = listening
    }

    var services: [any ServiceLifecycle.Service] {
        let settings = assembly.settings
        let authenticator = assembly.authenticator
        let readiness = Readiness { authenticator.isReady }
        let service = CredentialsService(
            broker: assembly.broker, apps: assembly.apps, policies: StrictJSON(), files: assembly.files,
            batchBytes: settings.batchBytes,
            log: AnswerLog(sink: environment.log, counters: assembly.metrics.answers, now: environment.now))
        let listeners = Listeners(
            service: service, readiness: readiness,
            metrics: assembly.metrics.page(cache: assembly.cache, authenticator: authenticator),
            limits: settings.connections, hosts: settings.hosts, logger: Self.quiet(logger))
        let watch = settings.denied.map {
            DenyListWatch(list: assembly.denied, cache: assembly.cache, file: $0, logger: logger)
        }
        let housekeeping: [any ServiceLifecycle.Service] =
            [
                KeyFetching(authenticator: authenticator),
                OwnIdentityAtStart(identity: assembly.own, logger: logger),
                Sweeping(cache: assembly.cache, authenticator: authenticator, now: environment.now),
            ] + [watch].compactMap { $0 }
        return listeners.adminListener(at: settings.admin) { await announce("admin", $0) }
            + housekeeping
            + listeners.publicListener(at: settings.listen) { await announce("public", $0) }
            + [DrainPeriod(readiness, period: settings.drain)]
    }

    private func announce(_ name: String, _ address: Listeners.Address) async {
        logger.info("listening", metadata: ["listener": "\(name)", "address": "\(address)"])
        await listening(name, address)
    }

    /// Hummingbird's own lines say nothing that ours do not.
    private static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = .critical
        return quiet
    }
}
