// SPDX-License-Identifier: Apache-2.0

import Outbound

/// An error response of Cognito identity pools (Amazon Cognito Federated Identities API, "Errors" of each action and
/// "Common Errors").
struct CognitoErrorResponse: Sendable {
    private let error: JSONErrorResponse

    init(_ response: OutboundResponse) {
        error = JSONErrorResponse(response)
    }

    var code: String { error.code }
    /// Can contain identities and times, so it is for decisions and never for logs.
    var message: String { error.message }
    var requestID: String? { error.requestID }

    /// The error kind.
    /// - Parameter hasLogin: whether the call carried a user's token, which then is what can have expired.
    func verdict(hasLogin: Bool) -> AttemptError.Kind {
        switch code {
        // The pool could not reach or understand the identity provider.
        case "ExternalServiceException": .transientOnce
        case "NotAuthorizedException" where hasLogin && message.hasPrefix(Self.expired): .tokenExpired
        default: error.verdict
        }
    }

    /// Whether the call's identity is deleted, merged into another or no longer the holder's, so that a new one is
    /// required. For `GetId`, the pool does not exist.
    var isAboutIdentity: Bool {
        switch code {
        case "ResourceNotFoundException": true
        case "NotAuthorizedException":
            message.hasPrefix("Access to Identity") || message.hasPrefix("Logins don't match")
        default: false
        }
    }

    /// Code, status, request id and, for known cases, a fixed text on the cause.
    var detail: String { error.detail + (hint.map { ": \($0)" } ?? "") }

    private var hint: String? {
        switch code {
        case "ResourceNotFoundException": "no such identity pool or identity in this Region"
        case "InvalidIdentityPoolConfigurationException":
            "check the pool's roles, and that their trust policies name the pool"
        case "InvalidParameterException" where message.hasPrefix("Basic (classic) flow is not"):
            "the pool does not allow the basic flow"
        case "NotAuthorizedException":
            Self.hints.first(where: { message.hasPrefix($0.message) })?.hint
        default: nil
        }
    }

    private static let expired = "Invalid login token. Token expired"
    private static let hints: [(message: String, hint: String)] = [
        (expired, "the token has expired"),
        ("Unauthenticated access is not supported", "the pool admits no guests"),
        ("Token is not from a supported provider", "the pool has no provider for the issuer under this name"),
        ("Invalid login token. Issuer doesn't match", "the login is not the issuer's name"),
        ("Invalid login token. Couldn't verify", "Cognito could not verify the token's signature"),
        ("Invalid login token. Missing a required claim", "the token is not an ID token"),
        ("Logins don't match", "the pool does not accept this login"),
    ]
}
