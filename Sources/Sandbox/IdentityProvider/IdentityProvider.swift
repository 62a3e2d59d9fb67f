// SPDX-License-Identifier: Apache-2.0

private import Cryptography
import FoundationEssentials
import StrictForm
import Tokens

/// An OpenID provider with fictional users, one public client and one signing key, which is generated at start.
struct IdentityProvider: Sendable {
    /// The sandbox's base URL. It is `iss`, byte for byte.
    let issuer: String
    let clientID: String
    let users: [SandboxConfiguration.User]
    /// Seconds from `iat` to `exp`.
    let tokenLifetime: Int
    let signer: TokenSigner
    let refreshTokens: RefreshTokens
    let random: RandomBytes

    /// Handles the password grant (RFC 6749 §4.3) and the refresh grant (§6).
    func token(_ form: FormParameters, at now: Date) throws -> TokenResponse {
        guard let grantType = form["grant_type"] else { throw OAuthError.invalidRequest }
        guard form["client_id"] == clientID, form["client_secret"] == nil else { throw OAuthError.invalidClient }
        let issuedAt = Int(now.timeIntervalSince1970)
        let signIn =
            switch grantType {
            case "password": RefreshTokens.SignIn(user: try user(byPassword: form).name, time: issuedAt)
            case "refresh_token": try signIn(byRefresh: form)
            default: throw OAuthError.unsupportedGrantType
            }
        guard let user = users.first(where: { $0.name == signIn.user }) else { throw OAuthError.invalidGrant }
        let claims = IDTokenClaims(
            issuer: issuer, audience: clientID, subject: user.subject, issuedAt: issuedAt,
            expiration: issuedAt + tokenLifetime, authenticationTime: signIn.time, email: user.email, name: user.name)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return TokenResponse(
            idToken: try signer.sign(claims: Array(try encoder.encode(claims))),
            accessToken: Base64URL.encode(random(32)), refreshToken: refreshTokens.issue(for: signIn),
            expiresIn: tokenLifetime)
    }

    private func user(byPassword form: FormParameters) throws -> SandboxConfiguration.User {
        guard let name = form["username"], let password = form["password"] else { throw OAuthError.invalidRequest }
        guard let user = users.first(where: { $0.name == name }), ConstantTime.equal(user.password, password) else {
            throw OAuthError.invalidGrant
        }
        return user
    }

    private func signIn(byRefresh form: FormParameters) throws -> RefreshTokens.SignIn {
        guard let token = form["refresh_token"] else { throw OAuthError.invalidRequest }
        guard let signIn = refreshTokens.redeem(token) else { throw OAuthError.invalidGrant }
        return signIn
    }
}
