/// One request for credentials, as far as the domain is concerned.
package struct CredentialsAsk: Sendable {
    package enum Audience: Sendable {
        /// With the bearer token that came along, if one did.
        case signedIn(BearerToken?)
        case guest
    }

    package let app: AppName
    package let audience: Audience
    /// Ties the audit event to the answer and its log line.
    package let requestID: String

    package init(app: AppName, audience: Audience, requestID: String) {
        self.app = app
        self.audience = audience
        self.requestID = requestID
    }

    var token: BearerToken? {
        if case .signedIn(let token) = audience { token } else { nil }
    }
}
