// SPDX-License-Identifier: Apache-2.0

/// What a token is for. One kind is never accepted for the other (RFC 8725 §3.11).
package enum TokenKind: Sendable {
    /// An ID token or access token, which proves who a user is.
    case credential
    /// OpenID Connect Back-Channel Logout 1.0 §2.4.
    case logout

    /// The media type of its own, besides JWT, in lower case.
    var type: String {
        switch self {
        case .credential: "at+jwt"
        case .logout: "logout+jwt"
        }
    }
}
