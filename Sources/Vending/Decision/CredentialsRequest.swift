// SPDX-License-Identifier: Apache-2.0

/// One request for an app's credentials, or for their use, independent of its wire format. Parsed once and never
/// changed.
package struct CredentialsRequest: Sendable {
    package enum Audience: Sendable {
        /// With the request's bearer token, if it has one.
        case signedIn(BearerToken?)
        case guest
    }

    /// What the credentials are for.
    package enum Purpose: Sendable {
        /// The caller gets them. `nil` requests the grant without restriction.
        case vend(RequestedSession?)
        /// Purser signs a batch of events with them for the monitor with this id, exactly as the path spells it.
        case forward(monitorID: String)
    }

    package let app: AppName
    package let audience: Audience
    package let purpose: Purpose
    /// Identifies the request in the response, its log line and its audit event.
    package let requestID: String
    /// The address of the client; `nil` if it is unknown.
    package let client: ClientAddress?

    package init(
        app: AppName, audience: Audience, purpose: Purpose = .vend(nil), requestID: String,
        client: ClientAddress? = nil
    ) {
        self.app = app
        self.audience = audience
        self.purpose = purpose
        self.requestID = requestID
        self.client = client
    }

    var token: BearerToken? {
        if case .signedIn(let token) = audience { token } else { nil }
    }
}
