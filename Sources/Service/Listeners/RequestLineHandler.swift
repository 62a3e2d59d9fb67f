// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1

/// Handles what the codec behind it drops or would spend time on: the HTTP version and the length of the path.
///
/// Sets `Connection: close` on every request that ends its connection: HTTP/1.0 without `keep-alive`, `close` among
/// other options (RFC 9112 §9.3), and requests to switch the protocol, after which the decoder reads nothing more.
/// Otherwise a proxy would keep such a connection, and the next client's request on it would get no response.
///
/// Rejects a path over the limit before anything parses it, and a target with another authority than `Host`, which
/// proxies would serve under that authority (RFC 9112 §3.2.2). The connection ends then.
final class RequestLineHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let pathBytes: Int
    private var isRejected = false

    init(pathBytes: Int) {
        self.pathBytes = pathBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRejected else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        guard isWithinLimit(head.uri), hasOneAuthority(head) else {
            isRejected = true
            return context.fireErrorCaught(RejectedTargetError())
        }
        guard !head.isKeepAlive || switchesProtocol(head) else { return context.fireChannelRead(data) }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Purser switches to no other protocol (RFC 9110 §7.8, §9.3.6).
    private func switchesProtocol(_ head: HTTPRequestHead) -> Bool {
        head.method == .CONNECT || head.headers.contains(name: "upgrade")
    }

    /// Whether the authority of an absolute target, if it is one, is that of `Host`.
    private func hasOneAuthority(_ head: HTTPRequestHead) -> Bool {
        guard head.uri.utf8.first != UInt8(ascii: "/"), head.uri.contains("://") else { return true }
        let parts = head.uri.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return false }
        let authority = parts[2].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return head.headers["host"].first.map { $0.lowercased() == authority.lowercased() } ?? false
    }

    private func isWithinLimit(_ uri: String) -> Bool {
        guard uri.utf8.count > pathBytes else { return true }
        return uri.utf8.prefix(pathBytes + 1).contains(UInt8(ascii: "?"))
    }
}

@available(*, unavailable)
extension RequestLineHandler: Sendable {}
