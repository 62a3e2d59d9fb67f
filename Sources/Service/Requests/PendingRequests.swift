// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The parsed requests of one connection that its event loop passed on to the responder, in their order.
///
/// Hummingbird passes only the header fields to the responder. `current` is the connection's queue in the task that
/// serves the connection, so the responder gets the value that the event loop parsed.
final class PendingRequests: Sendable {
    @TaskLocal static var current: PendingRequests?

    private let requests = Mutex<[ServiceRequest]>([])

    func append(_ request: ServiceRequest) { requests.withLock { $0.append(request) } }

    /// Pipelined requests are processed one after the other, so the list is short.
    func takeFirst() -> ServiceRequest? {
        requests.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}
