// SPDX-License-Identifier: Apache-2.0

/// What a logout is compared with: when a token was issued, to whom, and for which session. Kept only for issuers with
/// back-channel logout. An object of 40 bytes, which the identity and the cached credentials share.
package final class TokenSession: Sendable {
    /// `iat` in seconds since 1970 (RFC 7519 §4.1.6).
    package let issuedAt: Double
    package let user: LogoutKey
    private let sessionValue: UInt64

    /// - Parameter session: `nil` for a token without `sid`.
    package init(issuedAt: Double, user: LogoutKey, session: LogoutKey?) {
        self.issuedAt = issuedAt
        self.user = user
        // Zero stands for none: an optional would take 8 bytes more for each cached user.
        sessionValue = session.map { max(1, $0.rawValue) } ?? 0
    }

    package var session: LogoutKey? { sessionValue == 0 ? nil : LogoutKey(sessionValue) }
}
