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
    private let logger: Logger
    private let listening: @Sendable (String, ListenerAddress) async -> Void

    /// - Parameter listening: called with each listener's name and address when it accepts connections.
    init(
        _ root: CompositionRoot, _ environment: Environment, logger: Logger,
        listening: @escaping @Sendable (String, ListenerAddress) async -> Void = { _, _ in }
    ) {
        self.root = root
        self.environment = environment
        self.logger = logger
        self.listening = listening
    }

    var services: [any ServiceLifecycle.Service] {
        let settings = root.settings
        let authenticator = root.authenticator
        let audit = root.audit
        let readiness = Readiness { authenticator.isReady && audit.isReady }
        let log = AccessLog(
            sink: environment.log, counters: root.metrics.answers, clients: root.clients, now: environment.now)
        let service = CredentialsService(
            broker: root.broker, apps: root.apps, files: root.files,
            batchBytes: settings.batchBytes, hash: { SHA256Digest(hashing: $0) },
            log: log, limits: root.limits, logout: root.logout)
        let certificates = ListenerCertificates(settings, now: environment.now, logger: logger)
        let limitLog = ConnectionLimitLog(root.metrics.closed, logger: logger)
        let connections = OpenConnections(
            limit: settings.connections.connections, clientLimit: settings.connections.clientConnections,
            closing: limitLog.closing)
        let adminConnections = OpenConnections(limit: Listeners.adminConnections, closing: limitLog.closing)
        let listeners = Listeners(
            service: service, readiness: readiness,
            metrics: root.metrics.page(
                cache: root.cache, parents: root.parents, authenticator: authenticator,
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
                KeyFetching(authenticator: authenticator),
                BrokerIdentityAtStart(identity: root.brokerIdentity, logger: logger),
                Sweeping(
                    cache: root.cache, parents: root.parents, authenticator: authenticator, connections: connections,
                    logouts: root.logouts, retention: settings.logoutRetention, now: environment.now),
                OmittedLines(audit: audit, log: log),
            ] + [watch].compactMap { $0 } + certificates.watches
        return listeners.adminListener(
            at: settings.admin.listener, transport: certificates.adminTransport, connections: adminConnections
        ) {
            await announce("admin", $0)
        }
            + housekeeping
            + listeners.publicListener(
                at: settings.listen.listener, transport: certificates.publicTransport, connections: connections
            ) {
                await announce("public", $0)
            }
            + [DrainPeriod(readiness, period: settings.drain, logger: logger)]
    }

    private func announce(_ name: String, _ address: ListenerAddress) async {
        logger.info("listening", metadata: ["listener": "\(name)", "address": "\(address)"])
        await listening(name, address)
    }
}
