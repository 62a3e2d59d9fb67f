import FoundationEssentials
import Outbound

/// An answer of Cognito identity pools that is no success (Amazon Cognito Federated Identities API, "Errors" of each
/// action and "Common Errors").
struct CognitoError: Sendable {
    let status: Int
    /// AWS's error code, or the HTTP status where the answer is not AWS's.
    let code: String
    /// Can quote identities and times: for decisions, never for logs.
    let message: String
    let requestID: String?

    init(_ response: OutboundResponse) {
        status = response.status
        let body = Self.decode(response.body)
        // Both can carry more than the code: `namespace#Code` and `Code:documentation`.
        let type =
            (body?.type ?? response.header("x-amzn-errortype") ?? "")
            .split(separator: "#", omittingEmptySubsequences: false).last?.prefix { $0 != ":" } ?? ""
        code = STSError.label(String(type)) ?? String(response.status)
        message = body?.message ?? ""
        requestID = Self.requestID(response)
    }

    /// Of a success as well.
    static func requestID(_ response: OutboundResponse) -> String? {
        response.header("x-amzn-requestid").flatMap(STSError.label)
    }

    /// What to make of it.
    /// - Parameter hasLogin: whether a user's token went along, which then is what can have expired.
    func verdict(hasLogin: Bool) -> AttemptFailure.Kind {
        if STSError.throttling.contains(code) || status == 429 { return .throttled }
        switch code {
        case "InternalErrorException", "InternalFailure", "ServiceUnavailable": return .transient
        // The pool could not reach or understand the identity provider.
        case "ExternalServiceException": return .transientOnce
        case "NotAuthorizedException" where hasLogin && message.hasPrefix(Self.expired): return .tokenExpired
        default: return (400..<500).contains(status) && status != 408 ? .refused : .transient
        }
    }

    /// Whether the identity that the call was about is gone, merged into another or no longer the holder's: another is
    /// to be asked for. Of `GetId` it is the pool that is gone.
    var isAboutIdentity: Bool {
        switch code {
        case "ResourceNotFoundException": true
        case "NotAuthorizedException":
            message.hasPrefix("Access to Identity") || message.hasPrefix("Logins don't match")
        default: false
        }
    }

    /// Code, status, request id and, for known cases, fixed words on the cause.
    var detail: String {
        let request = requestID.map { ", request \($0)" } ?? ""
        return "\(code) (HTTP \(status)\(request))\(hint.map { ": \($0)" } ?? "")"
    }

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
        ("Token is not from a supported provider", "the pool does not know the issuer, or not under this name"),
        ("Invalid login token. Issuer doesn't match", "the login is not the issuer's name"),
        ("Invalid login token. Couldn't verify", "Cognito could not verify the token's signature"),
        ("Invalid login token. Missing a required claim", "the token is not an ID token"),
        ("Logins don't match", "the pool does not take this login"),
    ]

    /// The JSON of an error. The member's name in lower case is the model's, the other is of services before it.
    private struct Body: Decodable {
        let type: String?
        let message: String?

        private enum CodingKeys: String, CodingKey {
            case type = "__type"
            case message
            case capitalMessage = "Message"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try container.decodeIfPresent(String.self, forKey: .type)
            message =
                try container.decodeIfPresent(String.self, forKey: .message)
                ?? container.decodeIfPresent(String.self, forKey: .capitalMessage)
        }
    }

    private static func decode(_ bytes: [UInt8]) -> Body? {
        do {
            return try JSONDecoder().decode(Body.self, from: Data(bytes))
        } catch {
            // Not AWS's, so the status says it.
            return nil
        }
    }
}
