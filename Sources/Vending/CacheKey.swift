/// Whose credentials, for what: two users, two apps or two configurations never share one.
package struct CacheKey: Hashable, Sendable {
    package enum Holder: Hashable, Sendable {
        case user(Issuer, Subject)
        case guests
    }

    package let app: AppName
    package let grant: GrantDigest
    package let holder: Holder

    package init(grant: Grant, holder: Holder) {
        app = grant.app
        self.grant = grant.digest
        self.holder = holder
    }
}
