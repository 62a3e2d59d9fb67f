// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import Vending

/// Who is at the other end of one connection. Confined to the connection's event loop.
final class ConnectionClient {
    private let proxies: TrustedProxies
    private let forwardingIgnored: @Sendable () -> Void
    private var peer: ClientAddress?
    private var isTrusted = false
    private var isFirstRequest = true

    /// - Parameter forwardingIgnored: called if the connection's first request has `X-Forwarded-For` although no proxy
    ///   is trusted.
    init(_ proxies: TrustedProxies, forwardingIgnored: @escaping @Sendable () -> Void = {}) {
        self.proxies = proxies
        self.forwardingIgnored = forwardingIgnored
    }

    /// - Parameter address: the other end of the connection, or what the PROXY protocol says it is.
    func connected(from address: ClientAddress?) {
        peer = address
        isTrusted = proxies.trusts(address)
    }

    /// The client network that the connection counts for; `nil` for the connection of a trusted proxy, which carries
    /// the requests of many clients.
    var network: ClientAddress? { isTrusted ? nil : peer?.network }

    func address(of head: HTTPRequest) -> ClientAddress? {
        noteRequest(isForwarded: isFirstRequest && head.headerFields.contains(.xForwardedFor))
        return isTrusted ? address(forwarded: head.headerFields[values: .xForwardedFor]) : peer
    }

    /// Reports a connection whose first request is forwarded by a proxy that is not trusted.
    func noteRequest(isForwarded: Bool) {
        if isFirstRequest, isForwarded, proxies.isEmpty { forwardingIgnored() }
        isFirstRequest = false
    }

    /// - Parameter forwarded: the values of the request's `X-Forwarded-For` fields.
    func address(forwarded: [String]) -> ClientAddress? {
        guard isTrusted else { return peer }
        return proxies.client(of: peer, forwarded)
    }
}

@available(*, unavailable)
extension ConnectionClient: Sendable {}

extension ClientAddress {
    /// `nil` for an address that is not an IP address.
    init?(_ address: SocketAddress?) {
        guard let text = address?.ipAddress else { return nil }
        self.init(text)
    }
}
