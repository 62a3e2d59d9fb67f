// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
private import Synchronization

/// Collects a response up to the limit of its body. An error before the end of the body closes the connection.
final class ResponseCollector: HTTPClientResponseDelegate {
    typealias Response = OutboundResponse

    private struct State {
        var head: HTTPResponseHead?
        var body: [UInt8] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: of the body, in bytes.
    init(limit: Int) {
        self.limit = limit
    }

    func didReceiveHead(task: HTTPClient.Task<OutboundResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let declared = head.headers.first(name: "content-length").flatMap(Int.init)
        if let declared, declared > limit { return tooLarge(task) }
        state.withLock { state in
            state.head = head
            if let declared, declared > 0 { state.body.reserveCapacity(declared) }
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<OutboundResponse>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = state.withLock { state in
            guard part.readableBytes <= limit - state.body.count else { return false }
            state.body.append(contentsOf: part.readableBytesView)
            return true
        }
        return fits ? task.eventLoop.makeSucceededVoidFuture() : tooLarge(task)
    }

    func didFinishRequest(task: HTTPClient.Task<OutboundResponse>) throws -> OutboundResponse {
        let (head, body) = state.withLock { ($0.head, $0.body) }
        guard let head else { throw OutboundError.connection("no response") }
        return OutboundResponse(
            status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) }, body: body)
    }

    private func tooLarge(_ task: HTTPClient.Task<OutboundResponse>) -> EventLoopFuture<Void> {
        task.eventLoop.makeFailedFuture(OutboundError.tooLarge(limit: limit))
    }
}
