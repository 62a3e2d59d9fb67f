import HTTPTypes
import Hummingbird

/// CORS for any page, without credentials of the browser's own: nothing here is protected by a cookie.
///
/// Answers preflights, at every path, and adds the headers to every answer, errors included.
struct AnyOrigin: RouterMiddleware {
    typealias Context = BasicRequestContext

    /// A wildcard would leave `authorization` out (Fetch standard), so the names are spelt out.
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
