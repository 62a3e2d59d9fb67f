// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
import NIOCore
package import Vending

/// Parses each request of one connection once, when its header fields arrive. Everything except `pending` is confined
/// to the connection's event loop.
package final class RequestIntake {
    private let parse: (HTTPRequest, ClientAddress?) -> ServiceRequest
    /// The requests that the connection guard has read and the warm path has not taken yet, in their order.
    private var parsed = CircularBuffer<ServiceRequest>(initialCapacity: 2)
    /// The requests that the warm path passed on.
    let pending = PendingRequests()

    package init(parse: @escaping (HTTPRequest, ClientAddress?) -> ServiceRequest) {
        self.parse = parse
    }

    /// - Parameter client: the address of the client that sent the request, if it is known.
    /// - Returns: limit of the request's body in bytes; `nil` if no wire reads the body.
    package func read(_ head: HTTPRequest, from client: ClientAddress?) -> Int? {
        let request = parse(head, client)
        parsed.append(request)
        return request.bodyLimit
    }

    /// Returns the next request that the connection guard has read, or parses it now where there is no guard.
    ///
    /// The guard discards requests only once the connection ends, so the two stay in step.
    func take(_ head: HTTPRequest) -> ServiceRequest { parsed.popFirst() ?? parse(head, nil) }
}

@available(*, unavailable)
extension RequestIntake: Sendable {}
