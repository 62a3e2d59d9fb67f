// SPDX-License-Identifier: Apache-2.0

private import HTTPTypes
private import Hummingbird
private import HummingbirdCore
package import Logging
private import NIOCore
private import Synchronization
package import Observability
package import ServiceLifecycle

/// The public and the admin listener. Each consists of services that stop in reverse order.
package struct Listeners: Sendable {
    /// Connections of the admin listener: few clients probe it.
    package static let adminConnections = 64

    private let service: CurrentService
    private let readiness: Readiness
    private let monitor: EventLoopMonitor
    private let page: StatusPage
    private let metrics: MetricsPage
    private let limits: ConnectionLimits
    private let hosts: [String]
    private let proxies: TrustedProxies
    private let logger: Logger

    /// - Parameters:
    ///   - page: of the admin listener.
    ///   - hosts: allowed host names in lower case; see `AllowedHosts`.
    ///   - proxies: of the public listener.
    package init(
        service: CurrentService, readiness: Readiness, monitor: EventLoopMonitor, page: StatusPage,
        metrics: MetricsPage, limits: ConnectionLimits,
        hosts: [String], proxies: TrustedProxies = TrustedProxies(), logger: Logger
    ) {
        self.service = service
        self.readiness = readiness
        self.monitor = monitor
        self.page = page
        self.metrics = metrics
        self.limits = limits
        self.hosts = hosts
        self.proxies = proxies
        self.logger = logger
    }

    /// - Parameter listening: called with the address when the listener accepts connections.
    package func publicListener(
        at address: ListenerAddress, transport: ListenerTransport = ListenerTransport(), connections: OpenConnections,
        listening: @escaping @Sendable (ListenerAddress) async -> Void
    ) -> [any ServiceLifecycle.Service] {
        let service = service
        let forwardingIgnored = reportOnce(
            "X-Forwarded-For ignored",
            "no proxy is trusted, so all clients behind a load balancer count as one; if this is yours, name its "
                + "addresses in trusted-proxies")
        return listener(
            PublicResponder(bodyBytes: limits.bodyBytes, budgets: BodyBudgets(bytes: limits.bodyBudget)),
            at: address, transport, hosts: AllowedHosts(address, names: hosts, everywhere: true), proxies: proxies,
            connections: connections, listening: listening, refuse: { service.value.refuse($0) },
            forwardingIgnored: forwardingIgnored, service: service,
            warmPath: {
                var reader = CurrentService.Reader(service)
                return WarmPath(
                    intake: RequestIntake(parse: { reader.read().parse($0, from: $1) }),
                    recall: { $0.service.recall($0) })
            })
    }

    /// - Parameter listening: called with the address when the listener accepts connections.
    package func adminListener(
        at address: ListenerAddress, transport: ListenerTransport = ListenerTransport(), connections: OpenConnections,
        listening: @escaping @Sendable (ListenerAddress) async -> Void
    ) -> [any ServiceLifecycle.Service] {
        listener(
            AdminResponder(readiness: readiness, monitor: monitor, statusPage: page, metrics: metrics), at: address,
            transport,
            hosts: AllowedHosts(address, names: hosts, everywhere: false), proxies: TrustedProxies(),
            connections: connections, listening: listening,
            refuse: { ServiceResponse(status: $0.status, headers: [.contentLength: "0"]) }, forwardingIgnored: {},
            service: nil, warmPath: { nil })
    }

    /// A closure that logs a warning when it is called for the first time.
    private func reportOnce(_ message: Logger.Message, _ detail: String) -> @Sendable () -> Void {
        let (logger, reported) = (logger, Once())
        return {
            if reported.isFirst { logger.warning(message, metadata: ["detail": "\(detail)"]) }
        }
    }

    private func listener<Responder: HTTPResponder>(
        _ responder: Responder, at address: ListenerAddress, _ transport: ListenerTransport, hosts: AllowedHosts,
        proxies: TrustedProxies,
        connections: OpenConnections, listening: @escaping @Sendable (ListenerAddress) async -> Void,
        refuse: @escaping @Sendable (ErrorCode) -> ServiceResponse,
        forwardingIgnored: @escaping @Sendable () -> Void, service: CurrentService?,
        warmPath: @escaping @Sendable () -> WarmPath?
    ) -> [any ServiceLifecycle.Service] where Responder.Context == PlainContext {
        let (limits, readiness) = (limits, readiness)
        // Hummingbird's log lines add nothing to Purser's.
        var quiet = logger
        quiet.logLevel = .critical
        let admission = Admission(limit: connections.limit + connections.headroom)
        let rules = ConnectionRules(
            limits: limits, hosts: hosts, refuse: refuse, draining: { readiness.isDraining }, connections: connections)
        let connection: @Sendable () -> ConnectionGuard = {
            ConnectionGuard(rules, client: ConnectionClient(proxies, forwardingIgnored: forwardingIgnored))
        }
        let served = ServedConnections()
        let socket = transport.socket(at: address)
        let http1 = HTTP1Channel.Configuration(
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: 100))
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { respond in
                GuardedChannel(
                    base: HTTP1Channel(responder: respond, configuration: http1), admission: admission,
                    connections: served, pathBytes: limits.pathBytes, proxies: proxies, tls: transport.tls,
                    service: service,
                    connection: connection, warmPath: warmPath)
            },
            configuration: ApplicationConfiguration(
                address: transport.bindAddress(of: address, socket), serverName: nil, backlog: 4096,
                availableConnectionsDelegate: Admission.Delegate(admission: admission)),
            onServerRunning: { channel in
                admission.bound(channel)
                socket?.bound(channel)
                await listening(address.bound(to: channel.localAddress?.port))
            },
            logger: quiet)
        let binding = Binding(address: address) {
            try await socket?.prepare()
            defer { socket?.remove() }
            try await application.run()
            try socket?.check()
            await served.finished()
        }
        return [binding, Admission.Closing(admission: admission)]
    }
}

/// True once.
private final class Once: Sendable {
    private let isDone = Atomic(false)

    var isFirst: Bool { !isDone.exchange(true, ordering: .relaxed) }
}
