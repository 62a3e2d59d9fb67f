private import Hummingbird
private import HummingbirdCore
package import Logging
private import NIOCore
private import NIOHTTPTypes
package import ServiceLifecycle

/// The two listeners, each a service of its own.
package struct Listeners: Sendable {
    package struct Address: Hashable, Sendable, CustomStringConvertible {
        package let host: String
        /// 0 lets the system choose.
        package let port: Int

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    private let service: CredentialsService
    private let readiness: Readiness
    private let limits: ConnectionLimits
    private let logger: Logger

    package init(service: CredentialsService, readiness: Readiness, limits: ConnectionLimits, logger: Logger) {
        self.service = service
        self.readiness = readiness
        self.limits = limits
        self.logger = logger
    }

    /// - Parameter listening: told the port once connections are accepted.
    package func publicListener(
        at address: Address, listening: @escaping @Sendable (Address) async -> Void
    ) -> any ServiceLifecycle.Service {
        let service = service
        return listener(
            PublicResponder(service: service, bodyBytes: limits.bodyBytes), at: address, listening: listening,
            refuse: { service.refuse($0) },
            ahead: { [WarmPath(recall: { service.recall($0) })] })
    }

    package func adminListener(
        at address: Address, listening: @escaping @Sendable (Address) async -> Void
    ) -> any ServiceLifecycle.Service {
        listener(
            AdminResponder(readiness: readiness), at: address, listening: listening,
            refuse: { Answer(status: $0.status, headers: [.contentLength: "0"]) }, ahead: { [] })
    }

    private func listener<Responder: HTTPResponder>(
        _ responder: Responder, at address: Address, listening: @escaping @Sendable (Address) async -> Void,
        refuse: @escaping @Sendable (Problem) -> Answer,
        ahead: @escaping @Sendable () -> [any RemovableChannelHandler]
    ) -> any ServiceLifecycle.Service where Responder.Context == PlainContext {
        let (limits, readiness) = (limits, readiness)
        let handlers: @Sendable () -> [any RemovableChannelHandler] = {
            [ConnectionGuard(limits: limits, refuse: refuse, draining: { readiness.isDraining })] + ahead()
        }
        return Application(
            responder: responder,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: handlers(),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                        maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil, backlog: 4096,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: logger)),
            onServerRunning: { channel in
                await listening(Address(host: address.host, port: channel.localAddress?.port ?? address.port))
            },
            logger: logger)
    }
}
