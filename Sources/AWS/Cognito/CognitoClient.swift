// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
package import Outbound
import Vending

/// Calls Cognito identity pools in one Region, with retries. The process shares one, which owns the retry quota.
package struct CognitoClient: Sendable {
    /// In bytes; responses have about 3,000.
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

    /// The rate limits and circuit breakers of the calls. AWS grants `GetId` and the others different rates.
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

    /// Starts the deadline of an exchange, and returns a function for the time left.
    func countdown() -> @Sendable () -> Duration { retry.countdown() }

    /// A complete and checked response to a call.
    /// - Parameters:
    ///   - time: limit of all attempts, in addition to the policy's.
    ///   - share: on whose behalf the call is made.
    func response<Response: CognitoResponse>(
        to request: CognitoRequest, within time: Duration, for share: CallShare, as type: Response.Type = Response.self
    ) async throws(CognitoCallError) -> Response {
        let outcome: Outcome<Response>
        do throws(AttemptError) {
            let outbound = outbound(request)
            outcome = try await retry.within(time).run { time throws(AttemptError) in
                try await guards[request].run(share: share, patience: time.patience) {
                    () async throws(AttemptError) in
                    try await attempt(request, outbound, timeout: time.timeout)
                }
            }
        } catch {
            throw .exchange(error.exchangeError)
        }
        switch outcome {
        case .response(let response): return response
        case .unknownIdentity(let detail): throw .unknownIdentity(ExchangeError(.refused, detail))
        }
    }

    /// The result of an attempt that Cognito processed, so that a retry would change nothing.
    private enum Outcome<Response: CognitoResponse>: Sendable {
        case response(Response)
        case unknownIdentity(detail: String)
    }

    private func outbound(_ request: CognitoRequest) -> OutboundRequest {
        OutboundRequest(
            method: .post, url: endpoint.url + (endpoint.path.isEmpty ? "/" : ""),
            headers: [("Content-Type", CognitoRequest.contentType), ("X-Amz-Target", request.target)],
            body: request.body)
    }

    private func attempt<Response: CognitoResponse>(
        _ request: CognitoRequest, _ outbound: OutboundRequest, timeout: Duration
    ) async throws(AttemptError) -> Outcome<Response> {
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
        let received = ClockSkew.serverTime(response.header("date"), now: now())
        guard
            let decoded = Response(response.body, requestID: JSONErrorResponse.requestID(response), received: received)
        else {
            throw AttemptError(.transient, "\(name): HTTP 200 with an incomplete response")
        }
        if let problem = decoded.problem(at: now()) {
            throw AttemptError(.transient, "\(name): \(problem)")
        }
        return .response(decoded)
    }
}

/// Why a call of Cognito failed.
enum CognitoCallError: Error, Sendable {
    case exchange(ExchangeError)
    /// The identity (for `GetId`, the pool) does not exist or is not the holder's. Contains the error to report if a
    /// new identity does not help.
    case unknownIdentity(ExchangeError)

    var exchangeError: ExchangeError {
        switch self {
        case .exchange(let failure), .unknownIdentity(let failure): failure
        }
    }
}
