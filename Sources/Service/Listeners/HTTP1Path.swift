// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore
private import NIOHTTP1
private import NIOHTTPTypesHTTP1

/// The handlers of one connection's full path: the HTTP decoder, the connection's guard, the warm path, and
/// Hummingbird's handlers, which a task serves.
final class HTTP1Path: FullPath {
    private let listener: GuardedChannel
    private let connection: ConnectionGuard
    private let logger: Logger
    /// Whether a task serves the connection, or it has closed.
    private var isSettled = false

    init(_ listener: GuardedChannel, _ connection: ConnectionGuard, logger: Logger) {
        self.listener = listener
        self.connection = connection
        self.logger = logger
        listener.connections.opened()
    }

    /// The guard is in the pipeline already, and moves behind the decoder.
    func open(on channel: any Channel) throws {
        let warmPath = listener.warmPath()
        serve(listener.base.setup(channel: channel, logger: logger), pending: warmPath?.intake.pending)
        let operations = channel.pipeline.syncOperations
        let codec = try operations.handler(type: HTTP1ToHTTPServerCodec.self)
        try operations.addHandler(RequestLineHandler(pathBytes: listener.pathBytes), position: .before(codec))
        try connection.move(behind: codec, in: operations, intake: warmPath?.intake)
        if let warmPath { try operations.addHandler(warmPath, position: .after(connection)) }
    }

    /// - Parameter setup: complete already.
    private func serve(_ setup: EventLoopFuture<HTTP1Channel.Value>, pending: PendingRequests?) {
        setup.assumeIsolated().whenSuccess { value in
            self.isSettled = true
            let executor = EventLoopExecutor(value.channel.eventLoop)
            Task(executorPreference: executor) { [listener = self.listener, logger = self.logger] in
                await PendingRequests.$current.withValue(pending) {
                    await listener.base.handle(value: value, logger: logger)
                }
                listener.connections.ended()
            }
        }
    }

    func connectionClosed() {
        guard !isSettled else { return }
        isSettled = true
        listener.connections.ended()
    }
}

@available(*, unavailable)
extension HTTP1Path: Sendable {}
