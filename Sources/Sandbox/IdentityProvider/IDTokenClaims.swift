// SPDX-License-Identifier: Apache-2.0

/// Claims of an id token (OpenID Connect Core 1.0 §2). Times are whole seconds since 1970: STS rejects fractions.
struct IDTokenClaims: Encodable {
    let issuer: String
    let audience: String
    let subject: String
    let issuedAt: Int
    let expiration: Int
    let authenticationTime: Int
    let email: String
    let name: String

    private enum CodingKeys: String, CodingKey {
        case issuer = "iss"
        case audience = "aud"
        case subject = "sub"
        case issuedAt = "iat"
        case expiration = "exp"
        case authenticationTime = "auth_time"
        case email, name
    }
}
