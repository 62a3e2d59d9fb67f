package import Hummingbird
private import HTTPTypes
internal import Observability

/// What Hummingbird gives each request. Nothing of it is used.
package struct PlainContext: InitializableFromSource {
    package init(source: ApplicationRequestContextSource) {}
}

/// The public listener's way into the service, for what the warm path passed on.
package struct PublicResponder: HTTPResponder {
    package typealias Context = PlainContext

    let service: CredentialsService
    /// Of a body that nobody reads.
    let bodyBytes: Int
    let budget: BodyBudget

    package func respond(to request: Request, context: PlainContext) async throws -> Response {
        // The event loop parsed it and appended it before Hummingbird saw the request.
        guard let parsed = PendingRequests.current?.takeFirst() else { throw MissingRequestError() }
        let response: ServiceResponse
        if parsed.announcesBody, let limit = parsed.bodyLimit {
            response = try await respondReading(request, parsed, limit: limit)
        } else {
            response = await service.respond(to: parsed, body: try await skip(request))
        }
        return Response(
            status: response.status, headers: response.headers, body: ResponseBody(byteBuffer: response.body))
    }

    /// Takes the body's room from the budget first, and returns it when the response is complete.
    private func respondReading(
        _ request: Request, _ parsed: ServiceRequest, limit: Int
    ) async throws -> ServiceResponse {
        let length = request.headers[.contentLength].flatMap(Int.init)
        if let length, length > limit { return await service.respond(to: parsed, body: .tooLarge) }
        var room = length ?? limit
        guard budget.take(room) else { return await service.respond(to: parsed, body: .noRoom) }
        defer { budget.giveBack(room) }
        var content = ByteBuffer()
        for try await part in request.body {
            guard part.readableBytes <= limit - content.readableBytes else {
                return await service.respond(to: parsed, body: .tooLarge)
            }
            content.writeImmutableBuffer(part)
        }
        guard length == nil || length == content.readableBytes else { throw RequestCutShort() }
        budget.giveBack(room - content.readableBytes)
        room = content.readableBytes
        return await service.respond(to: parsed, body: .content(content))
    }

    /// What nobody reads is counted, up to the limit, and not kept.
    private func skip(_ request: Request) async throws -> RequestBody {
        guard request.head.announcesBody else { return .none }
        if let length = request.headers[.contentLength].flatMap(Int.init), length > bodyBytes { return .tooLarge }
        var count = 0
        for try await part in request.body {
            count += part.readableBytes
            guard count <= bodyBytes else { return .tooLarge }
        }
        return .none
    }
}

/// The connection's queue of parsed requests has none for a request of Hummingbird's.
private struct MissingRequestError: Error {}

/// Probes and metrics for operators.
package struct AdminResponder: HTTPResponder {
    package typealias Context = PlainContext

    let readiness: Readiness
    let metrics: MetricsPage

    package func respond(to request: Request, context: PlainContext) async throws -> Response {
        switch request.uri.path {
        case "/livez": probe(request, good: true)
        case "/readyz": probe(request, good: readiness.isReady)
        case "/metrics": answer(request, .ok, MetricsPage.contentType, metrics.text())
        default: Response(status: .notFound)
        }
    }

    private func probe(_ request: Request, good: Bool) -> Response {
        answer(request, good ? .ok : .serviceUnavailable, "text/plain", good ? "ok\n" : "not ready\n")
    }

    private func answer(
        _ request: Request, _ status: HTTPResponse.Status, _ type: String, _ text: String
    ) -> Response {
        guard request.method == .get || request.method == .head else {
            return Response(status: .methodNotAllowed, headers: [.allow: "GET, HEAD"])
        }
        let response = Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        return request.method == .head ? response.createHeadResponse() : response
    }
}
