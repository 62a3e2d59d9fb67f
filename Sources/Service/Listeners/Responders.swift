// SPDX-License-Identifier: Apache-2.0

package import Hummingbird
private import HTTPTypes
internal import Observability
private import Vending

/// The request context that Hummingbird requires. The responders do not use it.
package struct PlainContext: InitializableFromSource {
    package init(source: ApplicationRequestContextSource) {}
}

/// Passes the requests without a warm response to the service.
package struct PublicResponder: HTTPResponder {
    package typealias Context = PlainContext

    /// Limit of a body that no wire reads.
    let bodyBytes: Int
    let budgets: BodyBudgets

    package func respond(to request: Request, context: PlainContext) async throws -> Response {
        // The event loop parses and appends each request before it passes the request to Hummingbird.
        guard let parsed = PendingRequests.current?.takeFirst() else { throw MissingRequestError() }
        parsed.service.inFlight.begin()
        defer { parsed.service.inFlight.end() }
        let response: ServiceResponse
        if parsed.announcesBody, let limit = parsed.bodyLimit {
            response = try await respondReading(request, parsed, limit: limit)
        } else {
            response = await parsed.service.respond(to: parsed, body: try await skip(request, limit: bodyBytes))
        }
        return Response(
            status: response.status, headers: response.headers, body: ResponseBody(byteBuffer: response.body))
    }

    /// Reads the body only of a request that may be made. Its bytes are released when the response is complete.
    private func respondReading(
        _ request: Request, _ parsed: ServiceRequest, limit: Int
    ) async throws -> ServiceResponse {
        let length = request.headers[.contentLength].flatMap(Int.init)
        if let length, length > limit { return await parsed.service.respond(to: parsed, body: .tooLarge) }
        if let refusal = await parsed.service.refusal(of: parsed) {
            // Browsers read a response only after they have sent the body.
            if case .tooLarge = try await skip(request, limit: limit) {
                return await parsed.service.respond(to: parsed, body: .tooLarge)
            }
            return refusal
        }
        let (budget, client) = (budgets.budget(for: parsed), parsed.client?.network)
        var content = ByteBuffer()
        defer { budget.release(content.readableBytes, for: client) }
        for try await part in request.body {
            guard part.readableBytes <= limit - content.readableBytes else {
                return await parsed.service.respond(to: parsed, body: .tooLarge)
            }
            guard budget.reserve(part.readableBytes, for: client) else {
                return await parsed.service.respond(to: parsed, body: .noRoom)
            }
            content.writeImmutableBuffer(part)
        }
        guard length == nil || length == content.readableBytes else { throw IncompleteRequestError() }
        return await parsed.service.respond(to: parsed, body: .content(content))
    }

    /// Discards a body that is not read, and counts its bytes up to the limit.
    private func skip(_ request: Request, limit: Int) async throws -> RequestBody {
        guard request.head.announcesBody else { return .none }
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { return .tooLarge }
        var count = 0
        for try await part in request.body {
            count += part.readableBytes
            guard count <= limit else { return .tooLarge }
        }
        return .none
    }
}

/// Hummingbird passes on a request, but the connection's queue of parsed requests is empty.
private struct MissingRequestError: Error {}

/// Serves health checks and metrics to operators.
package struct AdminResponder: HTTPResponder {
    package typealias Context = PlainContext

    let readiness: Readiness
    let monitor: EventLoopMonitor
    let statusPage: StatusPage
    let metrics: MetricsPage

    package func respond(to request: Request, context: PlainContext) async throws -> Response {
        switch request.uri.path {
        case "/": status(request)
        case "/livez": probe(request, isHealthy: monitor.makesProgress)
        case "/readyz": ready(request)
        case "/startupz": probe(request, isHealthy: readiness.hasStarted)
        case "/metrics": page(request, MetricsFormat(accept: request.headers[.accept]))
        default: Response(status: .notFound)
        }
    }

    private func page(_ request: Request, _ format: MetricsFormat) -> Response {
        response(to: request, .ok, format.contentType, metrics.text(format), varies: true)
    }

    private func probe(_ request: Request, isHealthy: Bool) -> Response {
        response(
            to: request, isHealthy ? .ok : .serviceUnavailable, "text/plain", isHealthy ? "ok\n" : "not ready\n")
    }

    private func status(_ request: Request) -> Response {
        var response = response(to: request, .ok, "text/html; charset=utf-8", statusPage.html)
        response.headers[.contentSecurityPolicy] = statusPage.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }

    private func ready(_ request: Request) -> Response {
        let isReady = readiness.isReady
        guard request.uri.queryParameters["verbose"] != nil else { return probe(request, isHealthy: isReady) }
        let details = readiness.details().dropFirst()
        let text = "{\"ready\":\(isReady),\"draining\":\(readiness.isDraining)\(details == "}" ? "" : ",")\(details)\n"
        return response(to: request, isReady ? .ok : .serviceUnavailable, "application/json", text)
    }

    private func response(
        to request: Request, _ status: HTTPResponse.Status, _ type: String, _ text: String, varies: Bool = false
    ) -> Response {
        guard request.method == .get || request.method == .head else {
            return Response(status: .methodNotAllowed, headers: [.allow: "GET, HEAD"])
        }
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        if varies { headers[.vary] = "Accept" }
        let response = Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        return request.method == .head ? response.createHeadResponse() : response
    }
}
