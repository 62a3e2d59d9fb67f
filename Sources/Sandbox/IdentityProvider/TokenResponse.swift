/// A successful answer of the token endpoint (RFC 6749 §5.1, OpenID Connect Core 1.0 §3.1.3.3).
struct TokenResponse: Encodable {
    let idToken: String
    /// Opaque: nothing in the sandbox takes it, it is there because the standard wants one.
    let accessToken: String
    let refreshToken: String
    let tokenType = "Bearer"
    /// Seconds.
    let expiresIn: Int

    private enum CodingKeys: String, CodingKey {
        case idToken = "id_token"
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
    }
}
