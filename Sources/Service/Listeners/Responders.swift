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
    let bodyBytes: Int

    package func respond(to request: Request, context: PlainContext) async throws -> Response {
        let answer = await service.respond(to: request.head, body: try await body(of: request))
        return Response(status: answer.status, headers: answer.headers, body: ResponseBody(byteBuffer: answer.body))
    }

    /// What nobody reads is counted, up to the limit, and not kept.
    private func body(of request: Request) async throws -> RequestBody {
        guard request.head.announcesBody else { return .none }
        let wanted = service.bodyLimit(of: request.head)
        let limit = wanted ?? bodyBytes
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { return .tooLarge }
        var content = ByteBuffer()
        var count = 0
        for try await part in request.body {
            count += part.readableBytes
            guard count <= limit else { return .tooLarge }
            if wanted != nil { content.writeImmutableBuffer(part) }
        }
        return .content(content)
    }
}

/// Probes and metrics for whoever operates the service.
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
