// SPDX-License-Identifier: Apache-2.0

/// A logout that an issuer announced with a verified logout token (OpenID Connect Back-Channel Logout 1.0 §2.4). It
/// holds hashes only.
package struct LogoutRecord: Hashable, Sendable {
    /// Of the logout token: each is accepted once.
    package let identifier: LogoutKey
    /// `iat` of the logout token in seconds since 1970, rounded up: tokens issued until then are refused.
    package let issuedAt: Int
    /// `nil` if the logout token has no `sub`.
    package let user: LogoutKey?
    /// `nil` if the logout token has no `sid`; then all sessions of the user end.
    package let session: LogoutKey?

    package init(identifier: LogoutKey, issuedAt: Int, user: LogoutKey?, session: LogoutKey?) {
        self.identifier = identifier
        self.issuedAt = issuedAt
        self.user = user
        // As `TokenSession` keeps it.
        self.session = session.map { LogoutKey(max(1, $0.rawValue)) }
    }

    /// Whether a token of this session was issued before the logout and belongs to who is logged out. A token that names
    /// no session may belong to the one that ended, so it counts as ended too.
    package func ends(_ session: TokenSession) -> Bool {
        guard session.issuedAt <= Double(issuedAt) else { return false }
        guard let ended = self.session else { return user == session.user }
        return session.session.map { $0 == ended } ?? (user == session.user)
    }
}
