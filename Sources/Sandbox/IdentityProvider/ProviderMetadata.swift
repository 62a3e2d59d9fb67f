// SPDX-License-Identifier: Apache-2.0

/// The discovery document (OpenID Connect Discovery 1.0 §3). It has no authorization endpoint, since no supported grant
/// uses one (RFC 8414 §2).
struct ProviderMetadata: Encodable {
    static let tokenPath = "/oauth2/token"
    static let keySetPath = "/jwks.json"

    let issuer: String
    let tokenEndpoint: String
    let keySetAddress: String
    let responseTypes: [String] = []
    let grantTypes = ["password", "refresh_token"]
    let subjectTypes = ["public"]
    let signingAlgorithms = ["ES256"]
    let clientAuthenticationMethods = ["none"]
    let scopes = ["openid"]
    let claims = ["iss", "aud", "sub", "iat", "exp", "auth_time", "email", "name"]

    init(issuer: String) {
        self.issuer = issuer
        tokenEndpoint = issuer + Self.tokenPath
        keySetAddress = issuer + Self.keySetPath
    }

    private enum CodingKeys: String, CodingKey {
        case issuer
        case tokenEndpoint = "token_endpoint"
        case keySetAddress = "jwks_uri"
        case responseTypes = "response_types_supported"
        case grantTypes = "grant_types_supported"
        case subjectTypes = "subject_types_supported"
        case signingAlgorithms = "id_token_signing_alg_values_supported"
        case clientAuthenticationMethods = "token_endpoint_auth_methods_supported"
        case scopes = "scopes_supported"
        case claims = "claims_supported"
    }
}
