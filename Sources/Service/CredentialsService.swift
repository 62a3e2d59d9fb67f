package import HTTPTypes
private import NIOCore
package import Vending

/// The public service: from a request to its answer and log line.
package final class CredentialsService: Sendable {
    private let broker: Broker
    private let headers: [AppName: HeaderSets]
    private let noApp = HeaderSets(origins: [])
    private let documents: [IssuerDocument: ByteBuffer]
    private let log: AnswerLog

    /// - Parameter documents: what Purser publishes as an issuer; none where it is not one.
    package init(broker: Broker, apps: [App], documents: [IssuerDocument: [UInt8]] = [:], log: AnswerLog) {
        self.broker = broker
        self.documents = documents.mapValues { ByteBuffer(bytes: $0) }
        self.log = log
        headers = Dictionary(uniqueKeysWithValues: apps.map { ($0.name, HeaderSets(origins: $0.origins)) })
    }

    /// The answer to a warm request, at once and without suspension; `nil` for every other, which `respond` answers.
    package func recall(_ request: HTTPRequest) -> Answer? {
        guard request.method == .get, let target = Target(path: request.path), let sets = headers[target.app] else {
            return nil
        }
        let record = record(request, target)
        guard let ask = try? ask(request, target, record), let vended = broker.recall(ask) else { return nil }
        return answer(vended, hit: true, record, target, sets, request)
    }

    /// - Parameter bodyTooLarge: the request announced a body over the limit.
    package func respond(to request: HTTPRequest, bodyTooLarge: Bool = false) async -> Answer {
        if !bodyTooLarge, let warm = recall(request) { return warm }
        if !bodyTooLarge, let document = IssuerDocument(path: request.path), let content = documents[document] {
            return publish(document, content, request)
        }
        let target = Target(path: request.path)
        let record = record(request, target)
        let sets = target.flatMap { headers[$0.app] } ?? noApp
        do throws(Failure) {
            guard !bodyTooLarge else { throw Failure(.contentTooLarge) }
            guard let target else { throw Failure(.notFound, reason: "path_unknown") }
            switch request.method {
            case .get:
                let vend = try await vend(ask(request, target, record))
                return answer(vend.vended, hit: vend.hit, record, target, sets, request)
            case .options:
                guard headers[target.app] != nil else { throw Failure(VendingError.appUnknown) }
                log.succeeded(record, status: .noContent, hit: false)
                var headers = sets.preflight(for: request.headerFields[.origin])
                headers[.requestID] = record.requestID
                return Answer(status: .noContent, headers: headers)
            default:
                throw Failure(.methodNotAllowed)
            }
        } catch {
            log.failed(record, error)
            return Self.answer(
                error, requestID: record.requestID, sets.problem(for: request.headerFields[.origin]),
                toContainer: target?.resource.isContainer == true)
        }
    }

    /// The answer to what could not be read as a request.
    package func refuse(_ problem: Problem) -> Answer {
        let record = AnswerLog.Record(
            method: nil, endpoint: nil, app: nil, requestID: RequestID.next(), began: .now)
        let failure = Failure(problem)
        log.failed(record, failure)
        return Self.answer(failure, requestID: record.requestID, noApp.problem(for: nil))
    }

    private func ask(
        _ request: HTTPRequest, _ target: Target, _ record: AnswerLog.Record
    ) throws(Failure) -> CredentialsAsk {
        func ask(_ audience: CredentialsAsk.Audience) -> CredentialsAsk {
            CredentialsAsk(app: target.app, audience: audience, requestID: record.requestID)
        }
        guard !target.resource.isForGuests else { return ask(.guest) }
        switch Authorization(request.headerFields, schemeIsOptional: target.resource.isContainer) {
        case .absent: return ask(.signedIn(nil))
        case .bearer(let token): return ask(.signedIn(token))
        case .otherScheme: throw Failure(.missingToken, reason: "authorization_scheme")
        case .repeated: throw Failure(.malformedRequest, reason: "authorization_repeated")
        }
    }

    /// For AWS, which fetches them without knowing any app, and for whoever wants to see them.
    private func publish(_ document: IssuerDocument, _ content: ByteBuffer, _ request: HTTPRequest) -> Answer {
        let record = AnswerLog.Record(
            method: request.method, endpoint: .issuer(document), app: nil, requestID: RequestID.next(), began: .now)
        guard request.method == .get else {
            let failure = Failure(.methodNotAllowed)
            log.failed(record, failure)
            return Self.answer(failure, requestID: record.requestID, noApp.problem(for: nil), allow: "GET")
        }
        log.succeeded(record, status: .ok, hit: false)
        let headers: HTTPFields = [
            .contentType: "application/json", .cacheControl: "public, max-age=300", .xContentTypeOptions: "nosniff",
            .contentLength: String(content.readableBytes), .requestID: record.requestID,
        ]
        return Answer(status: .ok, headers: headers, body: content)
    }

    private func vend(_ ask: CredentialsAsk) async throws(Failure) -> Broker.Vend {
        do throws(VendingError) {
            return try await broker.vend(ask)
        } catch {
            throw Failure(error)
        }
    }

    private func record(_ request: HTTPRequest, _ target: Target?) -> AnswerLog.Record {
        // An app that does not exist is a word of the caller's: it stays out of the log.
        let known = target.flatMap { headers[$0.app] == nil ? nil : $0 }
        return AnswerLog.Record(
            method: request.method, endpoint: known.map { .app($0.resource) }, app: known?.app,
            requestID: RequestID.next(), began: .now)
    }

    private func answer(
        _ vended: Vended, hit: Bool, _ record: AnswerLog.Record, _ target: Target, _ sets: HeaderSets,
        _ request: HTTPRequest
    ) -> Answer {
        var headers = sets.credentials(for: request.headerFields[.origin])
        let body = target.resource.isContainer ? ContainerBody.encode(vended.answer) : vended.answer
        headers[.requestID] = record.requestID
        headers[.contentLength] = String(body.count)
        log.succeeded(record, status: .ok, hit: hit)
        return Answer(status: .ok, headers: headers, body: ByteBuffer(bytes: body))
    }

    private static func answer(
        _ failure: Failure, requestID: String, _ base: HTTPFields, allow: String = "GET, OPTIONS",
        toContainer: Bool = false
    ) -> Answer {
        var headers = base
        let problem = failure.problem
        let body = ByteBuffer(
            string: toContainer ? ContainerBody.encode(problem) : problem.body(requestID: requestID))
        if toContainer { headers[.contentType] = "application/json" }
        headers[.requestID] = requestID
        headers[.contentLength] = String(body.readableBytes)
        headers[.wwwAuthenticate] = failure.problem.challenge
        headers[.retryAfter] = failure.retryAfter.map(String.init)
        if failure.problem == .methodNotAllowed { headers[.allow] = allow }
        if failure.problem == .contentTooLarge { headers[.connection] = "close" }
        return Answer(status: failure.problem.status, headers: headers, body: body)
    }
}
