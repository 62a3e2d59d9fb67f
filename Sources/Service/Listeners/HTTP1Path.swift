// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore
private import NIOHTTP1
private import NIOHTTPTypesHTTP1

/// The handlers of one connection's full path: the HTTP decoder, the connection's guard, the warm path, and
/// Hummingbird's handlers, which its task serves.
final class HTTP1Path: FullPath {
    private let base: HTTP1Channel
    private let connection: ConnectionGuard
    private let warmPath: () -> WarmPath?
    private let pathBytes: Int
    private let logger: Logger
    private let promise: EventLoopPromise<GuardedChannel.Served?>

    init(
        _ base: HTTP1Channel, _ connection: ConnectionGuard, warmPath: @escaping () -> WarmPath?, pathBytes: Int,
        logger: Logger, on eventLoop: any EventLoop
    ) {
        self.base = base
        self.connection = connection
        self.warmPath = warmPath
        self.pathBytes = pathBytes
        self.logger = logger
        promise = eventLoop.makePromise()
    }

    /// `nil` if the connection closed and nothing was to be served.
    var served: EventLoopFuture<GuardedChannel.Served?> { promise.futureResult }

    /// The guard is in the pipeline already, and moves behind the decoder.
    func open(on channel: any Channel) throws {
        let warmPath = warmPath()
        let pending = warmPath?.intake.pending
        // Complete when it returns.
        base.setup(channel: channel, logger: logger)
            .map { GuardedChannel.Served(base: $0, pending: pending) }
            .cascade(to: promise)
        let operations = channel.pipeline.syncOperations
        let codec = try operations.handler(type: HTTP1ToHTTPServerCodec.self)
        try operations.addHandler(RequestLineHandler(pathBytes: pathBytes), position: .before(codec))
        try connection.move(behind: codec, in: operations, intake: warmPath?.intake)
        if let warmPath { try operations.addHandler(warmPath, position: .after(connection)) }
    }

    func connectionClosed() { promise.succeed(nil) }
}

@available(*, unavailable)
extension HTTP1Path: Sendable {}
