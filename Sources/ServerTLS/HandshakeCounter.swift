// SPDX-License-Identifier: Apache-2.0

import NIOCore
private import NIOTLS

/// Reports once whether a connection's handshake completed, and leaves the pipeline when it has.
final class HandshakeCounter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let report: (Bool) -> Void
    private var isComplete = false

    init(report: @escaping (Bool) -> Void) {
        self.report = report
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        isComplete = true
        report(true)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if !isComplete { report(false) }
    }
}

@available(*, unavailable)
extension HandshakeCounter: Sendable {}
