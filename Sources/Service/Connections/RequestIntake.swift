package import HTTPTypes

/// Parses the requests of one connection, each once, when its header fields arrive. Belongs to the connection's event
/// loop, but for `pending`.
package final class RequestIntake {
    private let parse: (HTTPRequest) -> ServiceRequest
    private var current: ServiceRequest?
    /// The requests that the warm path passed on.
    let pending = PendingRequests()

    package init(parse: @escaping (HTTPRequest) -> ServiceRequest) {
        self.parse = parse
    }

    /// - Returns: bytes of the request's body at most; `nil` where nothing reads the body.
    package func read(_ head: HTTPRequest) -> Int? {
        let request = parse(head)
        current = request
        return request.bodyLimit
    }

    /// The request that was read last; parsed now where the connection guard has not read it.
    func take(_ head: HTTPRequest) -> ServiceRequest {
        defer { current = nil }
        return current ?? parse(head)
    }
}

@available(*, unavailable)
extension RequestIntake: Sendable {}
