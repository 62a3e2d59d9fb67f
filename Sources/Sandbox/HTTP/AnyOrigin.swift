// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// CORS for pages of any origin, without cookies (`Access-Control-Allow-Credentials` is absent).
///
/// Answers preflights at every path, and adds the CORS headers to every response, errors included. A wildcard origin is
/// safe because the sandbox authorizes by signature or token, never by cookie.
struct AnyOrigin: RouterMiddleware {
    typealias Context = BasicRequestContext

    /// An explicit list, since a wildcard does not cover `authorization` (Fetch standard).
    private static let allowedHeaders = [
        "authorization", "content-type", "content-encoding", "x-amz-content-sha256", "x-amz-date",
        "x-amz-security-token", "x-amz-user-agent", "x-amzn-trace-id", "amz-sdk-invocation-id", "amz-sdk-request",
    ].joined(separator: ", ")

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if request.method == .options {
            var headers: HTTPFields = [.accessControlAllowOrigin: "*"]
            headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
            headers[.accessControlAllowHeaders] = Self.allowedHeaders
            headers[.accessControlMaxAge] = "7200"
            return Response(status: .noContent, headers: headers)
        }
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as any HTTPResponseError {
            response = try error.response(from: request, context: context)
        }
        response.headers[.accessControlAllowOrigin] = "*"
        response.headers[.accessControlExposeHeaders] = "date, x-amzn-errortype, x-amzn-requestid"
        return response
    }
}
