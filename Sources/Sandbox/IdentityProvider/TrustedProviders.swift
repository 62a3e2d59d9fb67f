// SPDX-License-Identifier: Apache-2.0

import Cryptography
import FoundationEssentials
import StrictJSON
import Tokens
import Vending

/// Verifies web identity tokens of the OIDC providers that are registered in IAM.
struct TrustedProviders: WebIdentityVerifier {
    /// Capacity of the authenticator's verdict cache. It is small: the sandbox rarely sees a token twice.
    private static let verdicts = 100

    private let authenticator: TokenAuthenticator
    private let providers: [String: TrustedOIDCProvider]
    private let account: Account

    init(_ providers: [TrustedOIDCProvider], account: Account) {
        self.account = account
        self.providers = Dictionary(providers.map { ($0.issuer, $0) }) { first, _ in first }
        let rules = providers.map { provider in
            IssuerRules(
                issuer: Issuer(provider.issuer), audiences: provider.audiences,
                // AWS STS API, AssumeRoleWithWebIdentity `WebIdentityToken`.
                algorithms: [.rs256, .rs384, .rs512, .es256, .es384, .es512], keys: FixedKeys(provider.keys))
        }
        authenticator = TokenAuthenticator(issuers: rules, verdicts: Self.verdicts)
    }

    func verify(_ token: String, at now: Date) async throws(STSError) -> WebIdentity {
        let claims: JSONObject
        let identity: VerifiedIdentity
        do throws(TokenError) {
            identity = try await authenticator.verify(BearerToken(hashing: token), at: now)
            claims = try Self.claims(of: token)
        } catch {
            throw Self.error(for: error)
        }
        for time in ["exp", "iat", "nbf"] {
            guard claims[time].map({ $0.int != nil }) ?? true else {
                throw .invalidIdentityToken("The ID Token provided is not a valid JWT: \(time) is not an integer")
            }
        }
        guard let provider = providers[identity.issuer.rawValue],
            let audience = claims["azp"]?.string ?? claims["aud"]?.string ?? claims["aud"]?.array?.first?.string
        else { throw .invalidIdentityToken("Incorrect token audience") }
        // With several audiences, azp is the one that AWS compares with the provider's client ids.
        if let audiences = claims["aud"]?.array, audiences.count > 1 {
            guard let party = claims["azp"]?.string, provider.audiences.contains(where: { $0.isExactly(party) }) else {
                throw .invalidIdentityToken("Incorrect token audience")
            }
        }
        return WebIdentity(
            subject: identity.subject.rawValue, audience: audience, providerName: provider.name,
            provider: account.arn(ofProvider: provider.name), tags: try SessionTags(claim: claims[SessionTags.claim]),
            sourceIdentity: try SourceIdentity.read(claim: claims[SourceIdentity.claim]))
    }

    /// - Parameter token: already verified.
    private static func claims(of token: String) throws(TokenError) -> JSONObject {
        let payload = try CompactToken(Array(token.utf8)).payload
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(payload)
        } catch {
            throw TokenError(.payloadMalformed, "\(error)")
        }
        guard let claims = value.object else { throw TokenError(.payloadMalformed, "the payload is not an object") }
        return claims
    }

    /// The error code and message of AWS STS, where AWS documents one.
    private static func error(for error: TokenError) -> STSError {
        switch error.reason {
        case .expired:
            .expiredToken("Token expired: \(error.detail)")
        case .issuerMissing, .issuerUnknown:
            .invalidIdentityToken("No OpenIDConnect provider found in your account for the token's issuer")
        case .audienceMissing, .audienceWrong, .authorizedPartyWrong:
            .invalidIdentityToken("Incorrect token audience")
        case .keysUnavailable, .keyUnknown, .keyAmbiguous, .keyUnfit:
            .invalidIdentityToken(
                """
                Couldn't retrieve verification key from your identity provider,  please reference \
                AssumeRoleWithWebIdentity documentation for requirements
                """)
        default:
            .invalidIdentityToken("The ID Token provided is not a valid JWT: \(error.reason.rawValue)")
        }
    }
}
