/// One request for credentials, as far as the domain is concerned.
package struct CredentialsAsk: Sendable {
    package enum Audience: Sendable {
        /// With the bearer token that came along, if one did.
        case signedIn(BearerToken?)
        case guest
    }

    package let app: AppName
    package let audience: Audience

    package init(app: AppName, audience: Audience) {
        self.app = app
        self.audience = audience
    }
}
