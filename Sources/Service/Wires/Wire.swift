package import HTTPTypes
package import NIOCore

/// One form in which an app's resource is asked for and answered.
protocol Wire: Sendable {
    /// The one method besides OPTIONS.
    var method: HTTPRequest.Method { get }
    /// Bytes of a request's body at most; `nil` where it is not read, and so held to the listener's own limit.
    var bodyBytes: Int? { get }

    func answer(_ request: WireRequest) async throws(ServiceError) -> WireResponse

    /// The problem as this wire has it.
    func adapt(_ failure: ServiceError) -> ServiceError

    /// What pages may send besides the header fields that they may send everywhere.
    func allowedHeaders(_ preflight: HTTPRequest) -> [String]

    /// How the caller is told of a problem.
    func encodeError(_ failure: ServiceError, requestID: String) -> WireResponse
}

extension Wire {
    var bodyBytes: Int? { nil }

    func adapt(_ failure: ServiceError) -> ServiceError { failure }

    func allowedHeaders(_ preflight: HTTPRequest) -> [String] { [] }

    func encodeError(_ failure: ServiceError, requestID: String) -> WireResponse {
        .problem(failure, requestID: requestID)
    }
}

/// One request for an app's resource.
package struct WireRequest: Sendable {
    package let head: HTTPRequest
    package let target: Target
    package let body: ByteBuffer
    package let requestID: String
}

/// What an answer says; the fields that all answers have are added to it.
package struct WireResponse: Sendable {
    package var status: HTTPResponse.Status
    package var contentType: String
    package var body: ByteBuffer
    package var headers: HTTPFields = [:]
    /// Whether what was asked for was here already.
    package var hit = false

    /// RFC 9457.
    static func problem(_ failure: ServiceError, requestID: String) -> WireResponse {
        WireResponse(
            status: failure.status, contentType: "application/problem+json",
            body: ByteBuffer(string: failure.problem.body(requestID: requestID, status: failure.status)))
    }
}

/// The body of a request, as far as it was read.
package enum RequestBody: Sendable {
    case content(ByteBuffer)
    /// It is longer than the limit.
    case tooLarge
    /// Too much is in memory already: it was not read.
    case noRoom

    package static let none = RequestBody.content(ByteBuffer())
}
