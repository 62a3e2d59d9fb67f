// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// The errors that callers see (RFC 9457): a stable code and a title, without the cause.
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
        case .notAuthorized: "The user is not authorized to use this app."
        case .notFound: "The requested resource does not exist."
        case .methodNotAllowed: "The resource does not support this method."
        case .contentTooLarge: "The request body is too large."
        case .misdirectedRequest: "This server does not serve the requested host."
        case .headersTooLarge: "The request header fields are too large."
        case .tooManyRequests: "Too many requests. Try again later."
        case .awsRefused: "AWS rejected the request."
        case .unavailable: "The service is temporarily unavailable. Try again later."
        case .awsTimeout: "AWS did not respond in time."
        }
    }

    /// RFC 6750 §3: a challenge has no error code if the request has no token.
    package var challenge: String? {
        switch self {
        case .missingToken: "Bearer"
        case .invalidToken: #"Bearer error="invalid_token""#
        default: nil
        }
    }

    /// - Parameter status: of the response, which may differ from the code's status.
    package func body(requestID: String, status: HTTPResponse.Status) -> String {
        #"{"type":"about:blank","title":"\#(title)","status":\#(status.code),"code":"\#(rawValue)","requestId":"\#(requestID)"}"#
    }
}
