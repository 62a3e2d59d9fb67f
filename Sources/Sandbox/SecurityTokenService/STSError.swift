// SPDX-License-Identifier: Apache-2.0

/// An error response of AWS STS (AWS STS API, "Common Errors" and the errors of the two actions).
struct STSError: Error, Hashable {
    let status: Int
    let code: String
    let message: String

    static func accessDenied(_ message: String) -> STSError {
        STSError(status: 403, code: "AccessDenied", message: message)
    }

    static func invalidIdentityToken(_ message: String) -> STSError {
        STSError(status: 400, code: "InvalidIdentityToken", message: message)
    }

    static func expiredToken(_ message: String) -> STSError {
        STSError(status: 400, code: "ExpiredTokenException", message: message)
    }

    static func malformedPolicy(_ message: String) -> STSError {
        STSError(status: 400, code: "MalformedPolicyDocument", message: message)
    }

    static func packedPolicyTooLarge(percent: Int) -> STSError {
        STSError(
            status: 400, code: "PackedPolicyTooLarge",
            message: "Packed size of session policy and tags consumes \(percent)% of allotted space.")
    }

    static func invalidSubjectCredentials(_ message: String) -> STSError {
        STSError(status: 400, code: "InvalidSubjectCredentials", message: message)
    }

    static let insufficientSessionLifetime = STSError(
        status: 400, code: "InsufficientSessionLifetime",
        message: "The requested DurationSeconds exceeds the remaining lifetime of the calling session.")

    static func validation(_ message: String) -> STSError {
        STSError(status: 400, code: "ValidationError", message: message)
    }

    /// Unlike AWS, the message does not repeat the value, which may be a token.
    static func constraint(_ member: String, _ rule: String) -> STSError {
        validation("1 validation error detected: Value at '\(member)' failed to satisfy constraint: \(rule)")
    }

    static func invalidParameter(_ message: String) -> STSError {
        STSError(status: 400, code: "InvalidParameterValue", message: message)
    }

    static func invalidAction(_ message: String) -> STSError {
        STSError(status: 400, code: "InvalidAction", message: message)
    }

    static func malformedInput(_ message: String) -> STSError {
        STSError(status: 400, code: "MalformedInput", message: message)
    }

    static let tooLarge = STSError(status: 413, code: "RequestEntityTooLarge", message: "Request body is too large.")
}
