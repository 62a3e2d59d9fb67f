// SPDX-License-Identifier: Apache-2.0

/// Identifies cached credentials. Two users, two apps or two configurations never have the same key.
///
/// Made for each request, so it consists of references to what the request has already, and its hash is computed once.
package struct CacheKey: Hashable, Sendable {
    package enum Holder: Hashable, Sendable {
        case user(VerifiedIdentity)
        case guests

        /// Compares the users, not the tokens that proved their identity.
        package static func == (left: Holder, right: Holder) -> Bool {
            switch (left, right) {
            case (.user(let left), .user(let right)): left.isSameUser(as: right)
            case (.guests, .guests): true
            default: false
            }
        }

        package func hash(into hasher: inout Hasher) {
            if case .user(let identity) = self { hasher.combine(identity.userHash) }
        }
    }

    let grant: Grant
    package let holder: Holder
    /// The claims that the session tags contain: another token of the same user may have other values. Empty without
    /// such tags.
    let claims: [ClaimValue?]
    /// Of the other properties.
    let hash: Int

    package init(grant: Grant, holder: Holder, claims: [ClaimValue?] = []) {
        var hasher = Hasher()
        hasher.combine(grant.digest)
        hasher.combine(holder)
        if !claims.isEmpty { hasher.combine(claims) }
        self.init(grant: grant, holder: holder, claims: claims, hash: hasher.finalize())
    }

    init(grant: Grant, holder: Holder, claims: [ClaimValue?], hash: Int) {
        self.grant = grant
        self.holder = holder
        self.claims = claims
        self.hash = hash
    }

    package var app: AppName { grant.app }

    /// Of the token that the credentials were obtained with; `nil` for guests and for issuers without back-channel
    /// logout.
    var session: TokenSession? {
        if case .user(let identity) = holder { identity.session } else { nil }
    }

    /// A grant's digest covers its app and its whole configuration.
    package static func == (left: CacheKey, right: CacheKey) -> Bool {
        left.hash == right.hash && left.grant.digest == right.grant.digest && left.holder == right.holder
            && left.claims == right.claims
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
