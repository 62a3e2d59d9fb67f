// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
private import NIOCore
package import Vending

/// The public service: from a request to its response and log line.
package final class CredentialsService: Sendable {
    private let headers: [AppName: HeaderSets]
    private let noApp = HeaderSets(origins: [])
    /// For apps that do not exist: pages of every app's origins can read the error. To the preflight request such an app
    /// looks like any other.
    private let unknownApp: HeaderSets
    private let broker: Broker
    private let wires: Wires
    private let files: PublishedFiles
    private let log: AccessLog
    private let limits: RequestLimits
    private let logoutEndpoint: LogoutEndpoint?
    package let lane: LaneResponder
    let inFlight: RequestsInFlight

    /// - Parameters:
    ///   - hash: SHA-256 of a bearer token.
    ///   - batchBytes: the size limit of a batch of events.
    ///   - logout: `nil` if no issuer sends logout tokens.
    ///   - inFlight: counts the requests of all generations of the service together.
    package init(
        broker: Broker, apps: [App], files: [PublishedFile] = [], batchBytes: Int = 1 << 20,
        hash: @escaping BearerTokenHash, log: AccessLog, limits: RequestLimits = RequestLimits(),
        logout: BackChannelLogout? = nil, inFlight: RequestsInFlight = RequestsInFlight()
    ) {
        self.broker = broker
        self.inFlight = inFlight
        logoutEndpoint = logout.map { LogoutEndpoint(logout: $0) }
        self.limits = limits
        self.log = log
        self.files = PublishedFiles(files)
        let headers = Dictionary(uniqueKeysWithValues: apps.map { ($0.name, HeaderSets(origins: $0.origins)) })
        self.headers = headers
        unknownApp = HeaderSets(origins: apps.reduce(into: []) { $0.formUnion($1.origins) })
        lane = LaneResponder(broker: broker, limits: limits, log: log, apps: apps, headers: headers, hash: hash)
        wires = Wires(
            native: CredentialsWire(broker: broker, isContainer: false, hash: hash),
            container: CredentialsWire(broker: broker, isContainer: true, hash: hash),
            proxy: SigningProxyWire(broker: broker, batchBytes: batchBytes, hash: hash),
            securityTokens: SecurityTokenWire(broker: broker, hash: hash))
    }

    /// Parses a request, once, when its header fields have arrived, and counts it against its client's rate limit.
    package func parse(_ head: HTTPRequest, from client: ClientAddress? = nil) -> ServiceRequest {
        let target = Target(path: head.path)
        let requestID = RequestID.next()
        let wire = target.map { wires[$0.resource] }
        let isRead = wire?.method == head.method
        let sets = target.flatMap { headers[$0.app] }
        let logoutIssuer = target == nil ? logoutEndpoint?.issuer(path: head.path) : nil
        let isLogout = logoutIssuer != nil && head.method == LogoutEndpoint.method
        return ServiceRequest(
            service: self, head: head, target: target, headerSets: sets, logoutIssuer: logoutIssuer,
            requestID: requestID,
            origin: head.headerFields[.origin], client: client, limited: limits.admit(client),
            bodyLimit: isLogout ? LogoutEndpoint.bodyBytes : isRead && sets != nil ? wire?.bodyBytes : nil,
            credentials: isRead && sets != nil ? Self.credentials(head, target, wire, requestID, client) : nil,
            began: .now)
    }

    private static func credentials(
        _ head: HTTPRequest, _ target: Target?, _ wire: (any Wire)?, _ requestID: String,
        _ client: ClientAddress?
    ) -> Result<CredentialsRequest, ServiceError>? {
        guard let target, let wire else { return nil }
        do throws(ServiceError) {
            return try wire.parse(head, target, requestID: requestID, client: client).map { .success($0) }
        } catch {
            return .failure(error)
        }
    }

    /// The warm path: the response without suspension if it comes from the cache, to a preflight request, and over a
    /// rate limit; every other request is for `respond`.
    package func recall(_ request: ServiceRequest) -> WarmResult {
        if request.isPreflight, let target = request.target, let sets = request.headerSets {
            return .response(preflight(request, wires[target.resource], sets))
        }
        if let limited = request.limited { return .response(fail(ServiceError(limited), request)) }
        guard request.head.method == .get, let target = request.target, let sets = request.headerSets,
            case .success(let credentials)? = request.credentials
        else { return .undecided(request) }
        switch broker.recall(credentials) {
        case .hit(let result):
            guard let response = wires[target.resource].encode(result) else {
                return .undecided(request)
            }
            return .response(succeed(response, request, sets))
        case .refused(let error): return .response(fail(ServiceError(error), request))
        case .undecided(let decision):
            return .undecided(request.after(decision))
        }
    }

    /// The response to a request whose body is not worth reading; `nil` if the body is needed for the response.
    package func refusal(of request: ServiceRequest) async -> ServiceResponse? {
        do throws(ServiceError) {
            if let limited = request.limited, request.target != nil || request.logoutIssuer != nil {
                throw ServiceError(limited)
            }
            if request.logoutIssuer != nil { try logoutEndpoint?.admit(request) }
            if let target = request.target { try await wires[target.resource].admit(request) }
            return nil
        } catch {
            return fail(error, request.processed(from: .now))
        }
    }

    package func respond(to request: ServiceRequest, body: RequestBody = .none) async -> ServiceResponse {
        let request = request.processed(from: .now)
        let content: ByteBuffer
        switch body {
        case .content(let buffer): content = buffer
        case .tooLarge: return fail(ServiceError(.contentTooLarge), request)
        case .noRoom:
            var error = ServiceError(.tooManyRequests, reason: "no_room", retryAfter: 1)
            error.endsConnection = true
            return fail(error, request)
        }
        if let limited = request.limited, !request.isPreflight { return fail(ServiceError(limited), request) }
        if let file = files[request.head.path] { return publish(file, request) }
        if let issuer = request.logoutIssuer { return await receiveLogout(request, of: issuer, content) }
        guard let target = request.target else { return fail(ServiceError(.notFound, reason: "path_unknown"), request) }
        let wire = wires[target.resource]
        guard let sets = request.headerSets else {
            guard !request.isPreflight else { return preflight(request, wire, unknownApp) }
            return fail(ServiceError(VendingError.appUnknown), request)
        }
        do throws(ServiceError) {
            switch request.head.method {
            case wire.method:
                let response = try await wire.respond(
                    to: WireRequest(request: request, app: target.app, body: content))
                return succeed(response, request, sets)
            case .options: return preflight(request, wire, sets)
            default: throw ServiceError(.methodNotAllowed)
            }
        } catch {
            return fail(error, request)
        }
    }

    /// The response to an unreadable request, or to a request for another host.
    package func refuse(_ code: ErrorCode) -> ServiceResponse {
        let requestID = RequestID.next()
        let error = ServiceError(code)
        log.failed(
            AccessLog.Record(method: nil, endpoint: nil, app: nil, requestID: requestID, began: .now), error,
            status: code.status)
        return Self.response(
            error, .problem(error, requestID: requestID), requestID: requestID, noApp.problem(for: nil))
    }

    /// The only method of the resource besides OPTIONS.
    func method(of resource: Target.Resource) -> HTTPRequest.Method { wires[resource].method }

    private func receiveLogout(
        _ request: ServiceRequest, of issuer: String, _ body: ByteBuffer
    ) async -> ServiceResponse {
        do throws(ServiceError) {
            guard let endpoint = logoutEndpoint, request.head.method == LogoutEndpoint.method else {
                throw ServiceError(.methodNotAllowed)
            }
            try await endpoint.respond(to: request, issuer: issuer, body: body)
        } catch {
            return fail(error, request)
        }
        log.succeeded(record(request), status: .ok, hit: false)
        return ServiceResponse(
            status: .ok, headers: [.cacheControl: "no-store", .requestID: request.requestID, .contentLength: "0"])
    }

    private func publish(_ file: PublishedFiles.Found, _ request: ServiceRequest) -> ServiceResponse {
        let record = AccessLog.Record(
            method: request.head.method, endpoint: .file(file.kind), app: nil, client: request.client,
            requestID: request.requestID, began: request.began)
        guard var response = file.response(to: request.head) else {
            let error = ServiceError(.methodNotAllowed)
            log.failed(record, error, status: error.code.status)
            return Self.response(
                error, .problem(error, requestID: request.requestID), requestID: request.requestID,
                noApp.problem(for: nil), allow: PublishedFiles.allow)
        }
        log.succeeded(record, status: response.status, hit: false)
        response.headers[.requestID] = request.requestID
        return response
    }

    private func preflight(_ request: ServiceRequest, _ wire: any Wire, _ sets: HeaderSets) -> ServiceResponse {
        log.succeeded(record(request), status: .noContent, hit: false)
        var headers = sets.preflight(
            for: request.origin, method: wire.method, allowing: wire.allowedHeaders(request.head))
        headers[.requestID] = request.requestID
        return ServiceResponse(status: .noContent, headers: headers)
    }

    private func record(_ request: ServiceRequest) -> AccessLog.Record {
        // The client chooses the name of an app that does not exist, so the log omits it.
        let target = request.headerSets == nil ? nil : request.target
        let endpoint =
            request.logoutIssuer == nil ? target.map { EndpointLabel.app($0.resource) } : .backChannelLogout
        return AccessLog.Record(
            method: request.head.method, endpoint: endpoint, app: target?.app,
            client: request.client, requestID: request.requestID, began: request.began)
    }

    private func succeed(_ response: WireResponse, _ request: ServiceRequest, _ sets: HeaderSets) -> ServiceResponse {
        var headers = sets.credentials(for: request.origin)
        // The set already has this type.
        if response.contentType != "application/json" { headers[.contentType] = response.contentType }
        for field in response.headers { headers[field.name] = field.value }
        headers[.requestID] = request.requestID
        headers[.contentLength] = String(response.body.readableBytes)
        log.succeeded(record(request), status: response.status, hit: response.hit)
        return ServiceResponse(status: response.status, headers: headers, body: response.body)
    }

    private func fail(_ error: ServiceError, _ request: ServiceRequest) -> ServiceResponse {
        let wire = request.target.map { wires[$0.resource] } ?? wires.native
        let error = wire.adapt(error)
        let response = wire.encodeError(error, requestID: request.requestID)
        log.failed(record(request), error, status: response.status)
        return Self.response(
            error, response, requestID: request.requestID,
            (request.headerSets ?? (request.target == nil ? noApp : unknownApp)).problem(for: request.origin),
            allow: request.logoutIssuer == nil ? "\(wire.method), OPTIONS" : "\(LogoutEndpoint.method)")
    }

    private static func response(
        _ error: ServiceError, _ response: WireResponse, requestID: String, _ base: HTTPFields, allow: String = ""
    ) -> ServiceResponse {
        var headers = base
        headers[.contentType] = response.contentType
        headers[.requestID] = requestID
        headers[.contentLength] = String(response.body.readableBytes)
        if response.status == .unauthorized { headers[.wwwAuthenticate] = error.challenge }
        headers[.retryAfter] = error.retryAfter.map(String.init)
        for field in response.headers { headers[field.name] = field.value }
        if error.code == .methodNotAllowed { headers[.allow] = allow }
        if error.endsConnection { headers[.connection] = "close" }
        return ServiceResponse(status: response.status, headers: headers, body: response.body)
    }
}
