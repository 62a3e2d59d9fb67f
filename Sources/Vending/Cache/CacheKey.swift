// SPDX-License-Identifier: Apache-2.0

/// Identifies cached credentials. Two users, two apps or two configurations never have the same key.
package struct CacheKey: Hashable, Sendable {
    package enum Holder: Hashable, Sendable {
        case user(Issuer, Subject)
        case guests
    }

    package let app: AppName
    package let grant: SHA256Digest
    package let holder: Holder
    /// The claims that the session tags contain: another token of the same user may have other values. Empty without
    /// such tags.
    package let claims: [ClaimValue?]

    package init(grant: Grant, holder: Holder, claims: [ClaimValue?] = []) {
        app = grant.app
        self.grant = grant.digest
        self.holder = holder
        self.claims = claims
    }
}
