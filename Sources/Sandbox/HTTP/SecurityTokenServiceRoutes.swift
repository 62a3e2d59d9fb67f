// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HTTPTypes
import Hummingbird

/// HTTP routes of STS: `POST /` as at AWS, and `POST /sts`, which is easier to recognise in an access log.
struct SecurityTokenServiceRoutes: Sendable {
    /// Bytes of the body, at most.
    private static let bodyLimit = 64 << 10

    /// `nil` until the sandbox knows its address.
    let service: @Sendable () -> SecurityTokenService?
    let random: RandomBytes
    let now: @Sendable () -> Date

    func add(to router: Router<BasicRequestContext>) {
        for path in ["/", "/sts"] {
            router.post(RouterPath(path)) { request, _ in try await answer(request) }
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        let requestID = AmazonRequestID.make(random)
        do {
            let result = try await result(of: request)
            return xml(STSDocument.success(result, requestID: requestID), status: 200, requestID: requestID)
        } catch let error as STSError {
            return xml(
                STSDocument.error(error, requestID: requestID), status: error.status, requestID: requestID)
        }
    }

    private func result(of request: Request) async throws -> STSResult {
        guard request.isForm else {
            throw STSError.malformedInput("The content type must be application/x-www-form-urlencoded.")
        }
        guard let signed = try await SignedRequest(request, bodyLimit: Self.bodyLimit) else {
            throw STSError.tooLarge
        }
        guard let service = service() else { throw HTTPError(.serviceUnavailable) }
        return try await service.answer(signed, at: now())
    }

    private func xml(_ text: String, status: Int, requestID: String) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers.setAmazon(requestID: requestID)
        return Response(status: status, contentType: "text/xml", body: Array(text.utf8), headers: headers)
    }
}

extension Request {
    /// Whether the content type is `application/x-www-form-urlencoded`, with any parameters.
    var isForm: Bool {
        let type = headers[.contentType]?.split(separator: ";").first ?? ""
        return type.lowercased().filter { $0 != " " } == "application/x-www-form-urlencoded"
    }
}
