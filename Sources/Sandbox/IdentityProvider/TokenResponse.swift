// SPDX-License-Identifier: Apache-2.0

/// A successful response of the token endpoint (RFC 6749 §5.1, OpenID Connect Core 1.0 §3.1.3.3).
struct TokenResponse: Encodable {
    let idToken: String
    /// Opaque. The standard requires one; nothing in the sandbox accepts it.
    let accessToken: String
    let refreshToken: String
    let tokenType = "Bearer"
    /// Lifetime in seconds.
    let expiresIn: Int

    private enum CodingKeys: String, CodingKey {
        case idToken = "id_token"
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
    }
}
