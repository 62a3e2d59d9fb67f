package import HTTPTypes

/// The errors that callers see (RFC 9457): a stable code and nothing about the cause.
package enum ErrorCode: String, CaseIterable, Sendable {
    case malformedRequest = "malformed_request"
    case missingToken = "missing_token"
    case invalidToken = "invalid_token"
    case notAuthorized = "not_authorized"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case contentTooLarge = "content_too_large"
    case misdirectedRequest = "misdirected_request"
    case headersTooLarge = "headers_too_large"
    case tooManyRequests = "too_many_requests"
    case awsRefused = "aws_refused"
    case unavailable = "unavailable"
    case awsTimeout = "aws_timeout"

    package var status: HTTPResponse.Status {
        switch self {
        case .malformedRequest: .badRequest
        case .missingToken, .invalidToken: .unauthorized
        case .notAuthorized: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .contentTooLarge: .contentTooLarge
        case .misdirectedRequest: .misdirectedRequest
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .tooManyRequests: .tooManyRequests
        case .awsRefused: .badGateway
        case .unavailable: .serviceUnavailable
        case .awsTimeout: .gatewayTimeout
        }
    }

    package var title: String {
        switch self {
        case .malformedRequest: "The request is malformed."
        case .missingToken: "A bearer token is required."
        case .invalidToken: "The token is not valid."
        case .notAuthorized: "This user may not use this app."
        case .notFound: "There is nothing at this address."
        case .methodNotAllowed: "This address does not know the method."
        case .contentTooLarge: "The request's body is too large."
        case .misdirectedRequest: "Nothing is served here under this name."
        case .headersTooLarge: "The request's headers are too large."
        case .tooManyRequests: "There are too many requests at the moment. Try again later."
        case .awsRefused: "AWS refused."
        case .unavailable: "This is not available at the moment. Try again later."
        case .awsTimeout: "AWS did not answer in time."
        }
    }

    /// RFC 6750 §3: no error code where no token came.
    package var challenge: String? {
        switch self {
        case .missingToken: "Bearer"
        case .invalidToken: #"Bearer error="invalid_token""#
        default: nil
        }
    }

    /// - Parameter status: of the answer.
    package func body(requestID: String, status: HTTPResponse.Status) -> String {
        #"{"type":"about:blank","title":"\#(title)","status":\#(status.code),"code":"\#(rawValue)","requestId":"\#(requestID)"}"#
    }
}
