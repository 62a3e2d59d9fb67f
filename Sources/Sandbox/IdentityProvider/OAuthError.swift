// SPDX-License-Identifier: Apache-2.0

/// An error of the token endpoint (RFC 6749 §5.2).
enum OAuthError: String, Error {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidGrant = "invalid_grant"
    case unsupportedGrantType = "unsupported_grant_type"

    var description: String {
        switch self {
        case .invalidRequest: "A parameter is missing, repeated or malformed."
        case .invalidClient: "The client is unknown, or it tried to authenticate, which a public client cannot do."
        case .invalidGrant: "Wrong user name or password."
        case .unsupportedGrantType: "This sandbox supports the grant types \"password\" and \"refresh_token\" only."
        }
    }
}

/// The error response (RFC 6749 §5.2).
struct OAuthErrorBody: Encodable {
    let error: String
    let description: String

    private enum CodingKeys: String, CodingKey {
        case error
        case description = "error_description"
    }
}
