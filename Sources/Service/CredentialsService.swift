package import HTTPTypes
private import NIOCore
package import Vending

/// The public service: from a request to its answer and log line.
package final class CredentialsService: Sendable {
    private let headers: [AppName: HeaderSets]
    private let noApp = HeaderSets(origins: [])
    private let native: CredentialsWire
    private let container: CredentialsWire
    private let proxy: SigningProxyWire
    private let securityTokens: SecurityTokenWire
    private let files: PublishedFiles
    private let log: AccessLog

    /// - Parameters:
    ///   - batchBytes: of a batch of events at most.
    package init(
        broker: Broker, apps: [App], files: [PublishedFile] = [],
        batchBytes: Int = 1 << 20, log: AccessLog
    ) {
        self.log = log
        self.files = PublishedFiles(files)
        headers = Dictionary(uniqueKeysWithValues: apps.map { ($0.name, HeaderSets(origins: $0.origins)) })
        native = CredentialsWire(broker: broker, isContainer: false)
        container = CredentialsWire(broker: broker, isContainer: true)
        proxy = SigningProxyWire(broker: broker, batchBytes: batchBytes)
        securityTokens = SecurityTokenWire(broker: broker)
    }

    /// The answer to a warm request, at once and without suspension; `nil` for every other, which `respond` answers.
    package func recall(_ request: HTTPRequest) -> ServiceResponse? {
        guard request.method == .get, let target = Target(path: request.path), let sets = headers[target.app],
            let wire = credentials(target.resource)
        else { return nil }
        let record = record(request, target)
        guard let reply = wire.recall(request, target, requestID: record.requestID) else { return nil }
        return answer(reply, record, sets, request)
    }

    /// Bytes of the request's body at most; `nil` where nobody reads it.
    package func bodyLimit(of request: HTTPRequest) -> Int? {
        guard let target = Target(path: request.path) else { return nil }
        let wire = wire(target.resource)
        return request.method == wire.method ? wire.bodyBytes : nil
    }

    package func respond(to request: HTTPRequest, body: RequestBody = .none) async -> ServiceResponse {
        let target = Target(path: request.path)
        let content: ByteBuffer
        switch body {
        case .content(let buffer): content = buffer
        case .tooLarge: return refuse(ServiceError(.contentTooLarge), request, target)
        case .noRoom:
            var failure = ServiceError(.tooManyRequests, reason: "no_room", retryAfter: 1)
            failure.endsConnection = true
            return refuse(failure, request, target)
        }
        if let warm = recall(request) { return warm }
        if let file = files[request.path] { return publish(file, request) }
        guard let target else { return refuse(ServiceError(.notFound, reason: "path_unknown"), request, nil) }
        guard let sets = headers[target.app] else {
            return refuse(ServiceError(VendingError.appUnknown), request, target)
        }
        let record = record(request, target)
        let wire = wire(target.resource)
        do throws(ServiceError) {
            switch request.method {
            case wire.method:
                let reply = try await wire.answer(
                    WireRequest(head: request, target: target, body: content, requestID: record.requestID))
                return answer(reply, record, sets, request)
            case .options:
                log.succeeded(record, status: .noContent, hit: false)
                var headers = sets.preflight(
                    for: request.headerFields[.origin], method: wire.method, allowing: wire.allowedHeaders(request))
                headers[.requestID] = record.requestID
                return ServiceResponse(status: .noContent, headers: headers)
            default:
                throw ServiceError(.methodNotAllowed)
            }
        } catch {
            return tell(error, by: wire, record, sets, request)
        }
    }

    /// The answer to what could not be read as a request.
    package func refuse(_ problem: ErrorCode) -> ServiceResponse {
        let record = AccessLog.Record(
            method: nil, endpoint: nil, app: nil, requestID: RequestID.next(), began: .now)
        let failure = ServiceError(problem)
        log.failed(record, failure, status: problem.status)
        return Self.answer(
            failure, .problem(failure, requestID: record.requestID), requestID: record.requestID,
            noApp.problem(for: nil)
        )
    }

    /// The one besides OPTIONS.
    func method(of resource: Target.Resource) -> HTTPRequest.Method { wire(resource).method }

    private func credentials(_ resource: Target.Resource) -> CredentialsWire? {
        switch resource {
        case .credentials, .guestCredentials: native
        case .container, .guestContainer: container
        case .appMonitors, .securityTokens: nil
        }
    }

    private func wire(_ resource: Target.Resource) -> any Wire {
        switch resource {
        case .credentials, .guestCredentials: native
        case .container, .guestContainer: container
        case .appMonitors: proxy
        case .securityTokens: securityTokens
        }
    }

    private func publish(_ file: PublishedFiles.Found, _ request: HTTPRequest) -> ServiceResponse {
        let record = AccessLog.Record(
            method: request.method, endpoint: .file(file.kind), app: nil, requestID: RequestID.next(), began: .now)
        guard var answer = file.answer(request) else {
            let failure = ServiceError(.methodNotAllowed)
            log.failed(record, failure, status: failure.problem.status)
            return Self.answer(
                failure, .problem(failure, requestID: record.requestID), requestID: record.requestID,
                noApp.problem(for: nil), allow: PublishedFiles.allow)
        }
        log.succeeded(record, status: answer.status, hit: false)
        answer.headers[.requestID] = record.requestID
        return answer
    }

    private func record(_ request: HTTPRequest, _ target: Target?) -> AccessLog.Record {
        // An app that does not exist is a word of the caller's: it stays out of the log.
        let known = target.flatMap { headers[$0.app] == nil ? nil : $0 }
        return AccessLog.Record(
            method: request.method, endpoint: known.map { .app($0.resource) }, app: known?.app,
            requestID: RequestID.next(), began: .now)
    }

    private func answer(
        _ reply: WireResponse, _ record: AccessLog.Record, _ sets: HeaderSets, _ request: HTTPRequest
    ) -> ServiceResponse {
        var headers = sets.credentials(for: request.headerFields[.origin])
        // The usual type is there already.
        if reply.contentType != "application/json" { headers[.contentType] = reply.contentType }
        for field in reply.headers { headers[field.name] = field.value }
        headers[.requestID] = record.requestID
        headers[.contentLength] = String(reply.body.readableBytes)
        log.succeeded(record, status: reply.status, hit: reply.hit)
        return ServiceResponse(status: reply.status, headers: headers, body: reply.body)
    }

    /// The answer to what comes to no wire, or to one that is not asked.
    private func refuse(_ failure: ServiceError, _ request: HTTPRequest, _ target: Target?) -> ServiceResponse {
        let sets = target.flatMap { headers[$0.app] } ?? noApp
        return tell(failure, by: target.map { wire($0.resource) } ?? native, record(request, target), sets, request)
    }

    private func tell(
        _ failure: ServiceError, by wire: any Wire, _ record: AccessLog.Record, _ sets: HeaderSets,
        _ request: HTTPRequest
    ) -> ServiceResponse {
        let failure = wire.adapt(failure)
        let reply = wire.encodeError(failure, requestID: record.requestID)
        log.failed(record, failure, status: reply.status)
        return Self.answer(
            failure, reply, requestID: record.requestID,
            sets.problem(for: request.headerFields[.origin]), allow: "\(wire.method), OPTIONS")
    }

    private static func answer(
        _ failure: ServiceError, _ reply: WireResponse, requestID: String, _ base: HTTPFields, allow: String = ""
    ) -> ServiceResponse {
        var headers = base
        headers[.contentType] = reply.contentType
        headers[.requestID] = requestID
        headers[.contentLength] = String(reply.body.readableBytes)
        if reply.status == .unauthorized { headers[.wwwAuthenticate] = failure.challenge }
        headers[.retryAfter] = failure.retryAfter.map(String.init)
        for field in reply.headers { headers[field.name] = field.value }
        if failure.problem == .methodNotAllowed { headers[.allow] = allow }
        if failure.endsConnection { headers[.connection] = "close" }
        return ServiceResponse(status: reply.status, headers: headers, body: reply.body)
    }
}
