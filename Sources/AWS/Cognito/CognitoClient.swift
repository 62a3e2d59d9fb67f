package import FoundationEssentials
package import Outbound
import Vending

/// Calls Cognito identity pools in one Region, retries included. One for the process: it holds the retry quota.
package struct CognitoClient: Sendable {
    /// Bytes; the answers have about 3,000.
    private static let sizeLimit = 65_536

    private let endpoint: Endpoint
    private let transport: any OutboundTransport
    private let retry: RetryPolicy
    private let guards: Guards
    private let now: @Sendable () -> Date

    package init(
        endpoint: Endpoint, transport: any OutboundTransport, retry: RetryPolicy = RetryPolicy(),
        guards: Guards, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.endpoint = endpoint
        self.transport = transport
        self.retry = retry
        self.guards = guards
        self.now = now
    }

    /// What stands before each of the calls: AWS grants them different rates.
    package struct Guards: Sendable {
        private let getID: EndpointGuard
        private let others: EndpointGuard

        package init(getID: EndpointGuard, others: EndpointGuard) {
            self.getID = getID
            self.others = others
        }

        fileprivate subscript(request: CognitoRequest) -> EndpointGuard {
            if case .getID = request { getID } else { others }
        }
    }

    /// What is left, from now on, of the time that an exchange may take.
    func countdown() -> @Sendable () -> Duration { retry.countdown() }

    /// The whole answer to a call, fit to be used.
    /// - Parameters:
    ///   - time: bound on all attempts, beside the policy's own.
    ///   - app: whose turn it takes.
    func answer<Answer: CognitoResponse>(
        to request: CognitoRequest, within time: Duration, for app: AppName, as type: Answer.Type = Answer.self
    ) async throws(CognitoCallError) -> Answer {
        let outcome: Outcome<Answer>
        do throws(AttemptError) {
            let outbound = outbound(request)
            outcome = try await retry.within(time).run { time throws(AttemptError) in
                try await guards[request].run(share: app.rawValue, patience: time.patience) {
                    () async throws(AttemptError) in
                    try await attempt(request, outbound, timeout: time.timeout)
                }
            }
        } catch {
            throw .exchange(error.exchangeError)
        }
        switch outcome {
        case .answer(let answer): return answer
        case .unknownIdentity(let detail): throw .unknownIdentity(ExchangeError(.refused, detail))
        }
    }

    /// What an attempt ends with where Cognito has understood it: no reason to try the same again.
    private enum Outcome<Answer: CognitoResponse>: Sendable {
        case answer(Answer)
        case unknownIdentity(detail: String)
    }

    private func outbound(_ request: CognitoRequest) -> OutboundRequest {
        OutboundRequest(
            method: .post, url: endpoint.url + (endpoint.path.isEmpty ? "/" : ""),
            headers: [("Content-Type", CognitoRequest.contentType), ("X-Amz-Target", request.target)],
            body: request.body)
    }

    private func attempt<Answer: CognitoResponse>(
        _ request: CognitoRequest, _ outbound: OutboundRequest, timeout: Duration
    ) async throws(AttemptError) -> Outcome<Answer> {
        let name = request.operation
        let response: OutboundResponse
        do throws(OutboundError) {
            response = try await transport.send(outbound, timeout: timeout, bodyLimit: Self.sizeLimit)
        } catch {
            throw AttemptError(error, calling: name)
        }
        guard response.status == 200 else {
            let error = CognitoErrorResponse(response)
            let detail = "\(name): \(error.detail)"
            if error.isAboutIdentity { return .unknownIdentity(detail: detail) }
            throw AttemptError(
                error.verdict(hasLogin: request.hasLogin), detail, retryAfter: AttemptError.retryAfter(response))
        }
        let received = ClockSkew.theirs(response.header("date"), now: now())
        guard let answer = Answer(response.body, requestID: JSONErrorResponse.requestID(response), received: received)
        else {
            throw AttemptError(.transient, "\(name): HTTP 200 without a whole answer")
        }
        if let problem = answer.problem(at: now()) {
            throw AttemptError(.transient, "\(name): \(problem)")
        }
        return .answer(answer)
    }
}

/// Why a call of Cognito brought nothing.
enum CognitoCallError: Error, Sendable {
    case exchange(ExchangeError)
    /// The identity or, of `GetId`, the pool is not there or not the holder's. What to tell where nothing else helps.
    case unknownIdentity(ExchangeError)

    var exchangeError: ExchangeError {
        switch self {
        case .exchange(let failure), .unknownIdentity(let failure): failure
        }
    }
}
