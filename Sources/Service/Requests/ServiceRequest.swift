package import HTTPTypes
package import Vending

/// One HTTP request, parsed once, when its header fields have arrived. Everything that answers, logs or records the
/// request reads this value.
package struct ServiceRequest: Sendable {
    package let head: HTTPRequest
    /// What the path names; `nil` where the service has no such path. The app may not exist.
    package let target: Target?
    /// `nil` where the path names no app, or one that does not exist.
    let headerSets: HeaderSets?
    /// The same in the response, its log line and its audit event.
    package let requestID: String
    package let origin: String?
    /// Bytes of the body at most; `nil` where nothing reads the body.
    package let bodyLimit: Int?
    /// Who asks for what, by path and `Authorization`; `nil` where the body says it, or nothing asks for credentials.
    package let credentials: Result<CredentialsRequest, ServiceError>?
    /// What the warm path decided, where it did not answer.
    package internal(set) var decision: Decision?
    /// When the service starts to answer: after the body has arrived, where the request has one.
    var began: ContinuousClock.Instant

    package var announcesBody: Bool { head.announcesBody }
}

extension HTTPRequest {
    /// Whether a body follows, of any length (RFC 9112 §6.3).
    var announcesBody: Bool {
        headerFields.contains(.contentLength) || headerFields.contains(.transferEncoding)
    }
}
