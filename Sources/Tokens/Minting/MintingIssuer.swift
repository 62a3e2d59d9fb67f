// SPDX-License-Identifier: Apache-2.0

private import Cryptography
package import FoundationEssentials
import StrictJSON
package import Vending

/// Purser as an OIDC issuer that IAM trusts (CreateOpenIDConnectProvider). It signs a token for each exchange and
/// publishes the keys that verify it.
package struct MintingIssuer: TokenMinter {
    /// STS in the `aud` of tokens and in the OIDC provider's client ids.
    package static let audience = "sts.amazonaws.com"
    /// In seconds: long enough for a call of STS with all its retries and for some clock skew.
    package static let tokenLifetime = 300

    package let issuer: Issuer
    private let signer: TokenSigner
    private let published: [TokenSigner]
    private let now: @Sendable () -> Date
    private let identifier: @Sendable () -> String

    /// - Parameters:
    ///   - signer: signs the tokens; its key is published first.
    ///   - others: their keys are published too: keys that will sign soon or signed until recently.
    ///   - identifier: returns a new unique value each time, for `jti`.
    package init(
        issuer: Issuer, signer: TokenSigner, others: [TokenSigner], now: @escaping @Sendable () -> Date,
        identifier: @escaping @Sendable () -> String
    ) {
        self.issuer = issuer
        self.signer = signer
        published = [signer] + others
        self.now = now
        self.identifier = identifier
    }

    package func mint(_ claims: MintedClaims) throws(ExchangeError) -> WebIdentityToken {
        let issuedAt = Int(now().timeIntervalSince1970)
        let body = WebIdentityClaims(
            issuer: issuer.rawValue, subject: claims.subject, audience: Self.audience, issuedAt: issuedAt,
            notBefore: issuedAt - 60, expiration: issuedAt + Self.tokenLifetime, identifier: identifier(),
            tags: claims.tags.isEmpty
                ? nil
                : WebIdentityClaims.Tags(
                    principalTags: Dictionary(claims.tags.map { ($0.key, [$0.value]) }) { first, _ in first },
                    transitiveTagKeys: claims.transitiveTagKeys.isEmpty ? nil : claims.transitiveTagKeys),
            sourceIdentity: claims.sourceIdentity)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        do {
            return WebIdentityToken(try signer.sign(claims: Array(encoder.encode(body))))
        } catch {
            throw ExchangeError(.unavailable, "signing a token failed: \(error)")
        }
    }

    /// The discovery document (OpenID Connect Discovery 1.0 §3) with the members that IAM requires.
    package var discovery: [UInt8] {
        let base = issuer.rawValue.hasSuffix("/") ? String(issuer.rawValue.dropLast()) : issuer.rawValue
        var algorithms: [String] = []
        for signer in published where !algorithms.contains(signer.algorithm.rawValue) {
            algorithms.append(signer.algorithm.rawValue)
        }
        let names = algorithms.map(JSONText.string).joined(separator: ",")
        return Array(
            #"{"issuer":\#(JSONText.string(issuer.rawValue)),"jwks_uri":\#(JSONText.string(base + "/.well-known/jwks.json")),"authorization_endpoint":"urn:purser:programmatic_authorization","response_types_supported":["id_token"],"subject_types_supported":["pairwise"],"id_token_signing_alg_values_supported":[\#(names)],"claims_supported":["iss","sub","aud","exp","nbf","iat","jti"]}"#
                .utf8)
    }

    package var jwks: [UInt8] { TokenSigner.jwks(published) }
}

/// The claims that STS reads (IAM User Guide, "Pass session tags using AssumeRoleWithWebIdentity").
private struct WebIdentityClaims: Encodable {
    struct Tags: Encodable {
        let principalTags: [String: [String]]
        let transitiveTagKeys: [String]?

        enum CodingKeys: String, CodingKey {
            case principalTags = "principal_tags"
            case transitiveTagKeys = "transitive_tag_keys"
        }
    }

    let issuer: String
    let subject: String
    let audience: String
    let issuedAt: Int
    let notBefore: Int
    let expiration: Int
    let identifier: String
    let tags: Tags?
    let sourceIdentity: String?

    enum CodingKeys: String, CodingKey {
        case issuer = "iss"
        case subject = "sub"
        case audience = "aud"
        case issuedAt = "iat"
        case notBefore = "nbf"
        case expiration = "exp"
        case identifier = "jti"
        case tags = "https://aws.amazon.com/tags"
        case sourceIdentity = "https://aws.amazon.com/source_identity"
    }
}
