/// One request for credentials, as far as the domain is concerned.
package struct CredentialsRequest: Sendable {
    package enum Audience: Sendable {
        /// With the bearer token that came along, if one did.
        case signedIn(BearerToken?)
        case guest
    }

    package let app: AppName
    package let audience: Audience
    /// Ties the audit event to the answer and its log line.
    package let requestID: String
    /// `nil` for the grant as it is.
    package let wish: RequestedSession?

    package init(app: AppName, audience: Audience, requestID: String, wish: RequestedSession? = nil) {
        self.app = app
        self.audience = audience
        self.requestID = requestID
        self.wish = wish
    }

    var token: BearerToken? {
        if case .signedIn(let token) = audience { token } else { nil }
    }
}
