// SPDX-License-Identifier: Apache-2.0

import Outbound
import Vending

/// An error response of STS (AWS STS API, "Common Errors" and the errors of each action).
struct STSErrorResponse: Sendable {
    let status: Int
    /// AWS's error code, or the HTTP status if the body is not AWS's.
    let code: String
    /// Can contain names and ARNs of users, so it is for decisions and never for logs.
    let message: String
    let requestID: String?

    init(status: Int, body: [UInt8]) {
        self.status = status
        let root = MarkupDocument.parse(body).flatMap { $0.name == "ErrorResponse" ? $0 : nil }
        let error = root?.only("Error")
        code = error?.text("Code").flatMap { AWSErrorCode.label($0) } ?? String(status)
        message = error?.text("Message") ?? ""
        requestID = root?.text("RequestId").flatMap { AWSErrorCode.label($0) }
    }

    /// The error kind.
    /// - Parameter signed: whether the broker's AWS credentials signed the call, which then are what expired.
    func verdict(signed: Bool) -> AttemptError.Kind {
        if AWSErrorCode.throttling.contains(code) || status == 429 { return .throttled }
        switch code {
        case "ExpiredToken", "ExpiredTokenException": return signed ? .signerExpired : .tokenExpired
        case "IDPCommunicationError": return .providerFailed
        case "RequestTimeout", "RequestTimeoutException": return .transient
        case "InvalidIdentityToken":
            return message.hasPrefix("Couldn't retrieve verification key") ? .transientOnce : .refused
        case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture":
            return signed ? .clockSkewed : .refused
        case "SignatureDoesNotMatch", "InvalidSignatureException":
            let isAboutTime = message.hasPrefix("Signature expired") || message.hasPrefix("Signature not yet current")
            return signed && isAboutTime ? .clockSkewed : .refused
        default: return (400..<500).contains(status) && status != 408 ? .refused : .transient
        }
    }

    /// Whether AWS does not know, or no longer knows, the key that signed.
    var isSignerUnknown: Bool { code == "InvalidClientTokenId" || code == "UnrecognizedClientException" }

    var detail: String { detail(of: "") }

    /// Code, status, request id and, for known cases, a fixed text on the cause.
    /// - Parameter action: the call's.
    func detail(of action: String) -> String {
        let request = requestID.map { ", request \($0)" } ?? ""
        let hint = action == ScopedSession.action ? ScopedSession.hint(code) : hint
        return "\(code) (HTTP \(status)\(request))\(hint.map { ": \($0)" } ?? "")"
    }

    private var hint: String? {
        switch code {
        case "AccessDenied": "check the role's trust policy"
        case "InvalidIdentityToken" where message.hasPrefix("No OpenIDConnect provider"):
            "IAM has no OIDC provider for the issuer"
        case "InvalidIdentityToken" where message.hasPrefix("Incorrect token audience"):
            "the audience is not among the OIDC provider's client ids"
        case "InvalidIdentityToken" where message.hasPrefix("Couldn't retrieve verification key"):
            "AWS could not fetch the issuer's keys"
        case "ValidationError" where message.contains("role chaining"):
            "the session is longer than the 1 hour of role chaining"
        case "ValidationError" where message.contains("MaxSessionDuration"):
            "the session is longer than the role's MaxSessionDuration"
        case "RegionDisabledException": "STS is not activated in this Region"
        case "InvalidClientTokenId", "SignatureDoesNotMatch": "check the broker's AWS credentials"
        case "ExpiredToken": "the credentials that signed the request are expired"
        default: nil
        }
    }
}
