private import Synchronization

/// The parsed requests of one connection that its event loop passed on to the responder, in their order.
///
/// Hummingbird hands the responder only the header fields. `current` is the connection's own queue in the task that
/// serves the connection, so the responder takes the value that the event loop parsed.
final class PendingRequests: Sendable {
    @TaskLocal static var current: PendingRequests?

    private let requests = Mutex<[ServiceRequest]>([])

    func append(_ request: ServiceRequest) { requests.withLock { $0.append(request) } }

    /// The next one. Pipelined requests wait for the one before them, so the list is short.
    func takeFirst() -> ServiceRequest? {
        requests.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}
