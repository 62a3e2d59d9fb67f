/// Whose credentials, for what: two users, two apps or two configurations never share one.
package struct CacheKey: Hashable, Sendable {
    package enum Holder: Hashable, Sendable {
        case user(Issuer, Subject)
        case guests
    }

    package let app: AppName
    package let grant: SHA256Digest
    package let holder: Holder
    /// What the session's tags say of the user: another token of his may say something else. Empty without such tags.
    package let claims: [ClaimValue?]

    package init(grant: Grant, holder: Holder, claims: [ClaimValue?] = []) {
        app = grant.app
        self.grant = grant.digest
        self.holder = holder
        self.claims = claims
    }
}
