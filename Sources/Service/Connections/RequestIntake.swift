// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// Parses each request of one connection once, when its header fields arrive. Everything except `pending` is confined
/// to the connection's event loop.
package final class RequestIntake {
    private let parse: (HTTPRequest) -> ServiceRequest
    private var current: ServiceRequest?
    /// The requests that the warm path passed on.
    let pending = PendingRequests()

    package init(parse: @escaping (HTTPRequest) -> ServiceRequest) {
        self.parse = parse
    }

    /// - Returns: limit of the request's body in bytes; `nil` if no wire reads the body.
    package func read(_ head: HTTPRequest) -> Int? {
        let request = parse(head)
        current = request
        return request.bodyLimit
    }

    /// Returns the last request that the connection guard read, or parses it now if the guard has not.
    func take(_ head: HTTPRequest) -> ServiceRequest {
        defer { current = nil }
        return current ?? parse(head)
    }
}

@available(*, unavailable)
extension RequestIntake: Sendable {}
