// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Logging
import Observability
import Service
import ServiceLifecycle
import Tokens
import Vending

/// The services of a broker, in start order. They shut down in reverse order.
struct Server {
    private let root: CompositionRoot
    private let environment: Environment
    private let reload: ReloadSource?
    private let logger: Logger
    private let listening: @Sendable (String, ListenerAddress) async -> Void

    /// - Parameters:
    ///   - reload: where new configurations come from; `nil` for a configuration that never changes.
    ///   - listening: called with each listener's name and address when it accepts connections.
    init(
        _ root: CompositionRoot, _ environment: Environment, reload: ReloadSource? = nil, logger: Logger,
        listening: @escaping @Sendable (String, ListenerAddress) async -> Void = { _, _ in }
    ) {
        self.root = root
        self.environment = environment
        self.reload = reload
        self.logger = logger
        self.listening = listening
    }

    var services: [any ServiceLifecycle.Service] {
        let settings = root.settings
        let audit = root.audit
        let log = AccessLog(
            sink: environment.log, counters: root.metrics.answers, durations: root.metrics.latency.requests,
            clients: root.clients, lines: settings.log.accessLines, now: environment.now)
        let generations = Generations(root, log: log, now: environment.now)
        let monitor = EventLoopMonitor(lag: root.metrics.latency.loopLag)
        let report = HealthReport(generations: generations, monitor: monitor)
        let readiness = Readiness({ report.health }, details: { report.text })
        let manager = ServiceManager(variables: environment.variables)
        let fetching = KeyFetching(root.authenticator.keySources)
        let certificates = ListenerCertificates(settings, now: environment.now, logger: logger)
        let limitLog = ConnectionLimitLog(root.metrics.closed, logger: logger)
        let connections = OpenConnections(
            limit: settings.connections.connections, clientLimit: settings.connections.clientConnections,
            closing: limitLog.closing)
        let adminConnections = OpenConnections(limit: Listeners.adminConnections, closing: limitLog.closing)
        let listeners = Listeners(
            service: generations.service, readiness: readiness, monitor: monitor, page: .content,
            metrics: root.metrics.page(
                cache: root.cache, parents: root.parents, generations: generations,
                states: MetricFamily.states(readiness, root.metrics.inFlight, root.limits, root.brokerIdentity),
                listeners: [("public", connections), ("admin", adminConnections)],
                lostLines: .lostLines(log: environment.log, audit), logouts: root.logout == nil ? nil : root.logouts,
                certificates: certificates),
            limits: settings.connections.limits, hosts: settings.hosts, proxies: settings.proxies, logger: logger)
        let watch = settings.denied.map {
            DenyListWatch(
                list: root.denied, cache: root.cache, parents: root.parents, pseudonyms: root.pseudonyms, file: $0,
                logger: logger)
        }
        let housekeeping: [any ServiceLifecycle.Service] =
            [
                fetching,
                BrokerIdentityAtStart(
                    identity: root.brokerIdentity,
                    isNeeded: { generations.root.settings.needsBrokerCredentials }, logger: logger),
                Sweeping(
                    cache: root.cache, parents: root.parents, generations: generations, connections: connections,
                    logouts: root.logouts, now: environment.now),
                OmittedLines(audit: audit, log: log),
            ] + [watch].compactMap { $0 } + certificates.watches
            + [reload].compactMap { source in
                source.map {
                    Reloading(
                        file: $0.file, generations: generations, fetching: fetching, environment: environment,
                        manager: manager, logger: logger, requests: $0.requests)
                }
            }
        let watchdog = manager.watchdog.map { Watchdog(manager: manager, limit: $0, monitor: monitor) }
        // The first ones stop last.
        return [monitor] + [watchdog].compactMap { $0 }
            + listeners.adminListener(
                at: settings.admin.listener, transport: certificates.adminTransport, connections: adminConnections
            ) {
                await announce("admin", $0)
            }
            + housekeeping
            + listeners.publicListener(
                at: settings.listen.listener, transport: certificates.publicTransport, connections: connections
            ) {
                await announce("public", $0)
                manager.isReady("listening on \($0)")
            }
            + [
                DrainPeriod(
                    readiness, period: settings.drain, connections: { connections.count }, logger: logger,
                    began: { manager.isStopping() })
            ]
    }

    private func announce(_ name: String, _ address: ListenerAddress) async {
        logger.info("listening", metadata: ["listener": "\(name)", "address": "\(address)"])
        await listening(name, address)
    }
}

/// Where new configurations come from.
struct ReloadSource {
    let file: ConfigurationFile
    /// An element for each SIGHUP.
    let requests: AsyncStream<Void>
}
