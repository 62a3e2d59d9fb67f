// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import Vending

/// One HTTP request, parsed once, when its header fields have arrived. All code that responds to the request, logs it
/// or audits it reads this value. Immutable; an object only so that it is passed on without copying its fields.
package final class ServiceRequest: Sendable {
    /// The service that parsed the request, which answers it too: a reload in the meantime changes nothing for it.
    let service: CredentialsService
    package let head: HTTPRequest
    /// `nil` if the service has no such path. The app may not exist.
    package let target: Target?
    /// `nil` if the path has no app, or the app does not exist.
    let headerSets: HeaderSets?
    /// The name of the issuer to whose logout endpoint the path belongs, if it does.
    let logoutIssuer: String?
    /// The same in the response, its log line and its audit event.
    package let requestID: String
    package let origin: String?
    /// The address of the client; `nil` if it is unknown.
    package let client: ClientAddress?
    /// The rate limit that the request is over, if any.
    let limited: RateLimitError?
    /// Limit of the body in bytes; `nil` if no wire reads the body.
    package let bodyLimit: Int?
    /// The credentials request, from the path and `Authorization`; `nil` where the body has it, or the request needs no
    /// credentials.
    package let credentials: Result<CredentialsRequest, ServiceError>?
    /// The decision of the warm path, if it made one without responding.
    package let decision: Decision?
    /// When the service starts to process the request: after its body, if any, has arrived.
    let began: ContinuousClock.Instant

    init(
        service: CredentialsService, head: HTTPRequest, target: Target?, headerSets: HeaderSets?,
        logoutIssuer: String? = nil, requestID: String,
        origin: String?, client: ClientAddress? = nil, limited: RateLimitError? = nil, bodyLimit: Int?,
        credentials: Result<CredentialsRequest, ServiceError>?, decision: Decision? = nil,
        began: ContinuousClock.Instant
    ) {
        self.service = service
        self.head = head
        self.target = target
        self.headerSets = headerSets
        self.logoutIssuer = logoutIssuer
        self.requestID = requestID
        self.origin = origin
        self.client = client
        self.limited = limited
        self.bodyLimit = bodyLimit
        self.credentials = credentials
        self.decision = decision
        self.began = began
    }

    /// The same request after the warm path has made `decision`.
    func after(_ decision: Decision) -> ServiceRequest { copy(decision, began: began) }

    /// The same request when the responder starts to process it.
    func processed(from began: ContinuousClock.Instant) -> ServiceRequest { copy(decision, began: began) }

    private func copy(_ decision: Decision?, began: ContinuousClock.Instant) -> ServiceRequest {
        ServiceRequest(
            service: service, head: head, target: target, headerSets: headerSets, logoutIssuer: logoutIssuer,
            requestID: requestID,
            origin: origin, client: client, limited: limited, bodyLimit: bodyLimit, credentials: credentials,
            decision: decision,
            began: began)
    }

    /// - Throws: the error of an invalid `Authorization`.
    func requiredCredentials() throws(ServiceError) -> CredentialsRequest {
        guard let credentials else { throw ServiceError(.notFound, reason: "path_unknown") }
        return try credentials.get()
    }

    package var announcesBody: Bool { head.announcesBody }

    /// A preflight request of the Fetch standard. It is never over a rate limit, because pages can't read a response
    /// whose preflight request fails.
    var isPreflight: Bool { head.method == .options && head.headerFields.contains(.accessControlRequestMethod) }
}

extension HTTPRequest {
    /// Bytes of the body; `nil` if only its end tells.
    var bodyLength: Int? {
        guard !headerFields.contains(.transferEncoding) else { return nil }
        guard let text = headerFields[.contentLength] else { return 0 }
        return Int(text)
    }

    /// Whether a body follows, of any length (RFC 9112 §6.3).
    var announcesBody: Bool {
        headerFields.contains(.contentLength) || headerFields.contains(.transferEncoding)
    }
}
