// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import NIOCore
import Vending

/// One request and response format of an app's resource.
protocol Wire: Sendable {
    /// The one method besides OPTIONS.
    var method: HTTPRequest.Method { get }
    /// Limit of a request body in bytes; `nil` where the wire does not read the body, so that the listener's limit
    /// applies.
    var bodyBytes: Int? { get }

    /// Reads the credentials request from the path and the header fields; `nil` where the body has it.
    func parse(
        _ head: HTTPRequest, _ target: Target, requestID: String, client: ClientAddress?
    ) throws(ServiceError) -> CredentialsRequest?

    /// Whether the request may be made, as far as that is known before its body is read.
    func admit(_ request: ServiceRequest) async throws(ServiceError)

    func respond(to request: WireRequest) async throws(ServiceError) -> WireResponse

    /// The response with credentials from the cache; `nil` for a wire that never answers from the warm path.
    func encode(_ result: VendResult) -> WireResponse?

    /// Replaces the status where clients of this wire need another one.
    func adapt(_ error: ServiceError) -> ServiceError

    /// Header fields that pages may send besides the usual ones.
    func allowedHeaders(_ preflight: HTTPRequest) -> [String]

    func encodeError(_ error: ServiceError, requestID: String) -> WireResponse
}

extension Wire {
    var bodyBytes: Int? { nil }

    func admit(_ request: ServiceRequest) async throws(ServiceError) {}

    func encode(_ result: VendResult) -> WireResponse? { nil }

    func adapt(_ error: ServiceError) -> ServiceError { error }

    func allowedHeaders(_ preflight: HTTPRequest) -> [String] { [] }

    func encodeError(_ error: ServiceError, requestID: String) -> WireResponse { .problem(error, requestID: requestID) }
}

/// One request for an app's resource, with its body.
struct WireRequest: Sendable {
    let request: ServiceRequest
    let app: AppName
    let body: ByteBuffer

    /// - Throws: the error of an invalid `Authorization`.
    func credentials() throws(ServiceError) -> CredentialsRequest { try request.requiredCredentials() }
}

/// What a wire returns; the service adds the header fields that all responses have.
package struct WireResponse: Sendable {
    package var status: HTTPResponse.Status
    package var contentType: String
    package var body: ByteBuffer
    package var headers: HTTPFields = [:]
    /// Whether the credentials came from the cache.
    package var hit = false

    /// RFC 9457.
    static func problem(_ error: ServiceError, requestID: String) -> WireResponse {
        WireResponse(
            status: error.status, contentType: "application/problem+json",
            body: ByteBuffer(string: error.code.body(requestID: requestID, status: error.status)))
    }
}
