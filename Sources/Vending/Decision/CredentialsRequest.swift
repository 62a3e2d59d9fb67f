/// One request for an app's credentials, or for their use, as the domain sees it. Parsed once and never changed.
package struct CredentialsRequest: Sendable {
    package enum Audience: Sendable {
        /// With the request's bearer token; `nil` where it has none.
        case signedIn(BearerToken?)
        case guest
    }

    /// What the credentials are for.
    package enum Purpose: Sendable {
        /// The caller gets them; `nil` asks for the grant as it is.
        case vend(RequestedSession?)
        /// Purser signs a batch of events with them, for the monitor of that id, in the path's spelling.
        case forward(monitorID: String)
    }

    package let app: AppName
    package let audience: Audience
    package let purpose: Purpose
    /// The same in the response, its log line and its audit event.
    package let requestID: String

    package init(app: AppName, audience: Audience, purpose: Purpose = .vend(nil), requestID: String) {
        self.app = app
        self.audience = audience
        self.purpose = purpose
        self.requestID = requestID
    }

    var token: BearerToken? {
        if case .signedIn(let token) = audience { token } else { nil }
    }
}
