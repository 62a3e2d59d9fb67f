// SPDX-License-Identifier: Apache-2.0

/// A keyed 64-bit hash of a user, a session or the id of a logout token. Without the key it reveals nothing, and nobody
/// can look for two values with one hash. Where two have the same hash by chance, both are logged out.
package struct LogoutKey: Hashable, Sendable {
    /// What is hashed, so that the same text as a subject and as a session id has two hashes.
    package enum Kind: String, Sendable {
        /// `sub` (RFC 7519 §4.1.2).
        case user
        /// `sid` (OpenID Connect Front-Channel Logout 1.0 §3).
        case session
        /// `jti` of a logout token (RFC 7519 §4.1.7).
        case identifier
    }

    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// The port to the keyed hash; different for each kind, issuer and text.
package protocol LogoutHashing: Sendable {
    func logoutKey(_ kind: LogoutKey.Kind, _ issuer: Issuer, _ text: String) -> LogoutKey
}
