// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Outbound

/// An error response of the services with JSON protocols: Cognito identity pools and the RUM data plane (Smithy,
/// "AWS JSON 1.1 protocol" and "AWS REST JSON 1 protocol", error responses).
struct JSONErrorResponse: Sendable {
    let status: Int
    /// AWS's error code, or the HTTP status if the response is not AWS's.
    let code: String
    /// Can contain identities and times, so it is for decisions and never for logs.
    let message: String
    let requestID: String?

    init(_ response: OutboundResponse) {
        status = response.status
        let body = Self.decode(response.body)
        // Both can contain more than the code: `namespace#Code` and `Code:documentation`.
        let type =
            (body?.type ?? response.header("x-amzn-errortype") ?? "")
            .split(separator: "#", omittingEmptySubsequences: false).last?.prefix { $0 != ":" } ?? ""
        code = AWSErrorCode.label(String(type)) ?? String(response.status)
        message = body?.message ?? ""
        requestID = Self.requestID(response)
    }

    /// The request id of any response, including a success.
    static func requestID(_ response: OutboundResponse) -> String? {
        response.header("x-amzn-requestid").flatMap(AWSErrorCode.label)
    }

    /// The error kind, unless the service gives the code a special meaning.
    var verdict: AttemptError.Kind {
        if AWSErrorCode.throttling.contains(code) || status == 429 { return .throttled }
        switch code {
        case "InternalErrorException", "InternalServerException", "InternalFailure", "RequestTimeout",
            "RequestTimeoutException", "ServiceUnavailable":
            return .transient
        default: return (400..<500).contains(status) && status != 408 ? .refused : .transient
        }
    }

    /// Code, status and request id.
    var detail: String { "\(code) (HTTP \(status)\(requestID.map { ", request \($0)" } ?? ""))" }

    /// The JSON of an error. The service model has `message`; older services send `Message`.
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
            // The body is not AWS's, so the status decides.
            return nil
        }
    }
}
