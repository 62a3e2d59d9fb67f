// SPDX-License-Identifier: Apache-2.0

private import HTTPTypes
private import Hummingbird
private import HummingbirdCore
package import Logging
private import NIOCore
package import Observability
package import ServiceLifecycle

/// The public and the admin listener. Each consists of services that stop in reverse order.
package struct Listeners: Sendable {
    /// Connections of the admin listener: few clients probe it.
    package static let adminConnections = 64

    private let service: CredentialsService
    private let readiness: Readiness
    private let metrics: MetricsPage
    private let limits: ConnectionLimits
    private let hosts: [String]
    private let logger: Logger

    /// - Parameter hosts: allowed host names in lower case; see `AllowedHosts`.
    package init(
        service: CredentialsService, readiness: Readiness, metrics: MetricsPage, limits: ConnectionLimits,
        hosts: [String], logger: Logger
    ) {
        self.service = service
        self.readiness = readiness
        self.metrics = metrics
        self.limits = limits
        self.hosts = hosts
        self.logger = logger
    }

    /// - Parameter listening: called with the address when the listener accepts connections.
    package func publicListener(
        at address: ListenerAddress, listening: @escaping @Sendable (ListenerAddress) async -> Void
    ) -> [any ServiceLifecycle.Service] {
        let service = service
        return listener(
            PublicResponder(
                service: service, bodyBytes: limits.bodyBytes, budget: BodyBudget(bytes: limits.bodyBudget)),
            at: address, hosts: AllowedHosts(address, names: hosts, everywhere: true),
            connections: limits.connections, listening: listening, refuse: { service.refuse($0) },
            warmPath: {
                WarmPath(intake: RequestIntake(parse: { service.parse($0) }), recall: { service.recall($0) })
            })
    }

    /// - Parameter listening: called with the address when the listener accepts connections.
    package func adminListener(
        at address: ListenerAddress, listening: @escaping @Sendable (ListenerAddress) async -> Void
    ) -> [any ServiceLifecycle.Service] {
        listener(
            AdminResponder(readiness: readiness, metrics: metrics), at: address,
            hosts: AllowedHosts(address, names: hosts, everywhere: false), connections: Self.adminConnections,
            listening: listening, refuse: { ServiceResponse(status: $0.status, headers: [.contentLength: "0"]) },
            warmPath: { nil })
    }

    private func listener<Responder: HTTPResponder>(
        _ responder: Responder, at address: ListenerAddress, hosts: AllowedHosts, connections: Int,
        listening: @escaping @Sendable (ListenerAddress) async -> Void,
        refuse: @escaping @Sendable (ErrorCode) -> ServiceResponse,
        warmPath: @escaping @Sendable () -> WarmPath?
    ) -> [any ServiceLifecycle.Service] where Responder.Context == PlainContext {
        let (limits, readiness) = (limits, readiness)
        let admission = Admission(limit: connections)
        let handlers: @Sendable () -> [any RemovableChannelHandler] = {
            let warmPath = warmPath()
            let connection = ConnectionGuard(
                limits: limits, hosts: hosts, refuse: refuse, draining: { readiness.isDraining },
                bodyLimit: { warmPath?.intake.read($0) })
            return [connection] + [warmPath].compactMap { $0 }
        }
        let http1 = HTTP1Channel.Configuration(
            additionalChannelHandlers: handlers(),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: 100))
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { respond in
                GuardedChannel(
                    base: HTTP1Channel(responder: respond, configuration: http1), admission: admission,
                    pathBytes: limits.pathBytes)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil, backlog: 4096,
                availableConnectionsDelegate: Admission.Delegate(admission: admission)),
            onServerRunning: { channel in
                admission.bound(channel)
                await listening(ListenerAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
            },
            logger: logger)
        return [Binding(address: address) { try await application.run() }, Admission.Closing(admission: admission)]
    }
}
