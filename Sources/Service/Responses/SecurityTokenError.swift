// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
import Vending

/// An error in the form of STS (AWS STS API, "Common Error Types" and the errors of AssumeRoleWithWebIdentity), so that
/// SDKs handle it like an error of AWS. The caller sees the message, so the message repeats nothing of the request.
package struct SecurityTokenError: Error, Hashable, Sendable {
    package enum Code: String, CaseIterable, Sendable {
        case accessDenied = "AccessDenied"
        case expiredToken = "ExpiredTokenException"
        case invalidAction = "InvalidAction"
        case invalidIdentityToken = "InvalidIdentityToken"
        case malformedPolicyDocument = "MalformedPolicyDocument"
        case methodNotAllowed = "MethodNotAllowed"
        case missingParameter = "MissingParameter"
        case notFound = "NotFound"
        case packedPolicyTooLarge = "PackedPolicyTooLarge"
        case requestEntityTooLarge = "RequestEntityTooLarge"
        case serviceUnavailable = "ServiceUnavailable"
        /// SDKs retry it, like 503.
        case throttling = "Throttling"
        case validationError = "ValidationError"

        package var status: HTTPResponse.Status {
            switch self {
            case .expiredToken, .invalidAction, .invalidIdentityToken, .malformedPolicyDocument, .missingParameter,
                .packedPolicyTooLarge, .throttling, .validationError:
                .badRequest
            case .accessDenied: .forbidden
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .requestEntityTooLarge: .contentTooLarge
            case .serviceUnavailable: .serviceUnavailable
            }
        }

        /// Which side caused the error: the caller (`Sender`) or the service (`Receiver`).
        var type: String { self == .serviceUnavailable ? "Receiver" : "Sender" }
    }

    package let code: Code
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func missing(_ name: String) -> Self {
        Self(.missingParameter, "The request must contain the parameter \(name).")
    }

    static func invalid(_ name: String, _ rule: String) -> Self {
        Self(.validationError, "1 validation error detected: Value at '\(name)' failed to satisfy constraint: \(rule)")
    }

    init(_ refusal: RequestedSessionError) {
        self =
            switch refusal {
            case .roleWrong: Self(.accessDenied, "Not authorized to perform sts:AssumeRoleWithWebIdentity: RoleArn")
            case .roleOpen:
                Self(.accessDenied, "The app's identity pool chooses the role, so RoleArn can't select it.")
            case .durationTooLong:
                Self(
                    .validationError,
                    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
            case .policyAllowsNothing:
                Self(.accessDenied, "The policy allows nothing that this app's sessions may do.")
            case .policyTooLarge: Self(.packedPolicyTooLarge, "The session policy is larger than its limit.")
            case .policyNotPossible:
                Self(.validationError, "Sessions of this app's identity pool do not support a session policy.")
            }
    }

    init(_ error: ServiceError) {
        self =
            switch error.code {
            case .malformedRequest, .misdirectedRequest: Self(.validationError, "The request is malformed.")
            case .missingToken: .missing("WebIdentityToken")
            case .invalidToken where Self.expiredReasons.contains(error.reason):
                Self(.expiredToken, "The web identity token has expired.")
            case .invalidToken: Self(.invalidIdentityToken, "The web identity token is not valid.")
            case .notAuthorized, .awsRefused:
                Self(.accessDenied, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
            case .notFound: Self(.notFound, error.code.title)
            case .methodNotAllowed: Self(.methodNotAllowed, error.code.title)
            case .contentTooLarge, .headersTooLarge: Self(.requestEntityTooLarge, error.code.title)
            case .tooManyRequests: Self(.throttling, "Rate exceeded")
            case .unavailable where Self.throttledReasons.contains(error.reason): Self(.throttling, "Rate exceeded")
            case .unavailable, .awsTimeout: Self(.serviceUnavailable, ErrorCode.unavailable.title)
            }
    }

    private static let expiredReasons = [
        TokenError.Reason.expired.rawValue, ServiceError(ExchangeError(.tokenExpired, "")).reason,
    ]
    private static let throttledReasons = [
        ServiceError(VendingError.overloaded).reason, ServiceError(ExchangeError(.throttled, "")).reason,
    ]
}
