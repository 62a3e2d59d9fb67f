// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
package import Outbound
import Vending

/// Calls STS in one Region, with retries. The process shares one, which owns the retry quota and the clock correction.
package struct STSClient: Sendable {
    private let endpoint: Endpoint
    private let signer: SigV4
    private let transport: any OutboundTransport
    private var retry: RetryPolicy
    private let endpointGuard: EndpointGuard
    private let now: @Sendable () -> Date
    private let used: @Sendable (SessionSpace) -> Void
    private let skew = ClockSkew()

    /// - Parameter used: called with each session that AWS returns for a user or for guests.
    package init(
        endpoint: Endpoint, region: Region, transport: any OutboundTransport, retry: RetryPolicy = RetryPolicy(),
        endpointGuard: EndpointGuard, now: @escaping @Sendable () -> Date = { Date() },
        used: @escaping @Sendable (SessionSpace) -> Void = { _ in }
    ) {
        self.used = used
        self.endpoint = endpoint
        signer = SigV4(region: region.name, service: "sts")
        self.transport = transport
        self.retry = retry
        self.endpointGuard = endpointGuard
        self.now = now
    }

    /// A copy with at most this much time, for a call that is one of several.
    func within(_ time: Duration) throws(ExchangeError) -> STSClient {
        var client = self
        do throws(AttemptError) {
            client.retry = try retry.within(time)
        } catch {
            throw error.exchangeError
        }
        return client
    }

    /// Credentials of an assumed role, checked so that a client may receive them.
    /// - Parameters:
    ///   - share: on whose behalf the call is made.
    ///   - provider: signs the call; `nil` leaves it unsigned.
    func assume(
        _ request: STSRequest, for share: CallShare, signedBy provider: (any BrokerCredentialProvider)? = nil
    ) async throws(ExchangeError) -> TemporaryCredentials {
        let response = try await call(request, share: share, signedBy: provider) {
            $0.credentials.problem(at: now())
        }
        used(SessionSpace(response, app: share.app))
        return response.credentials
    }

    /// Credentials of an assumed role with which Purser signs its calls. No client receives them.
    func assumeForBroker(
        _ request: STSRequest, signedBy provider: (any BrokerCredentialProvider)?
    ) async throws(ExchangeError) -> SigningCredentials {
        let names = (id: "AccessKeyId", secret: "SecretAccessKey", token: "SessionToken")
        let response = try await call(request, share: .broker, signedBy: provider) {
            SigningCredentials($0.credentials).problem(names)
        }
        return SigningCredentials(response.credentials)
    }

    /// - Parameter problem: why a response cannot be used; it then counts as a transient failure.
    private func call(
        _ request: STSRequest, share: CallShare, signedBy provider: (any BrokerCredentialProvider)?,
        unless problem: (STSResponse) -> String?
    ) async throws(ExchangeError) -> STSResponse {
        do throws(AttemptError) {
            let body = request.body
            return try await retry.run { time throws(AttemptError) in
                // Outside the endpoint guard, because loading credentials can need further calls.
                let signer = try await provider?.signer()
                return try await endpointGuard.run(share: share, patience: time.patience) {
                    () async throws(AttemptError) in
                    let response = try await attempt(request.action, body, signer, timeout: time.timeout)
                    if let problem = problem(response) {
                        throw AttemptError(.transient, "\(request.action): \(problem)")
                    }
                    return response
                }
            }
        } catch {
            throw error.exchangeError
        }
    }

    private func attempt(
        _ action: String, _ body: [UInt8], _ signer: Signer?, timeout: Duration
    ) async throws(AttemptError) -> STSResponse {
        let signedAt = skew.correct(now())
        let headers = headers(body, signer?.credentials, at: signedAt)
        let response = try await send(
            OutboundRequest(method: .post, url: endpoint.url + rootIfEmpty, headers: headers, body: body), action,
            timeout)
        guard response.status == 200 else {
            throw failure(response, action, signer, signedAt)
        }
        let received = ClockSkew.serverTime(response.header("date"), now: now())
        guard let decoded = STSResponse(response.body, action: action, received: received) else {
            throw AttemptError(.transient, "\(action): HTTP 200 with an incomplete response")
        }
        return decoded
    }

    private var rootIfEmpty: String { endpoint.path.isEmpty ? "/" : "" }

    /// - Parameter credentials: sign the call; `nil` leaves it unsigned.
    private func headers(
        _ body: [UInt8], _ credentials: SigningCredentials?, at date: Date
    ) -> [(name: String, value: String)] {
        let contentType = (name: "Content-Type", value: STSRequest.contentType)
        guard let credentials else { return [contentType] }
        let unsigned = SignableRequest(
            method: "POST", path: endpoint.path + rootIfEmpty, headers: [("Host", endpoint.authority), contentType],
            body: body)
        return signer.sign(unsigned, credentials: credentials, date: date).request.headers
    }

    private func send(
        _ request: OutboundRequest, _ action: String, _ timeout: Duration
    ) async throws(AttemptError) -> OutboundResponse {
        do throws(OutboundError) {
            return try await transport.send(request, timeout: timeout, bodyLimit: MarkupDocument.sizeLimit)
        } catch {
            throw AttemptError(error, calling: action)
        }
    }

    private func failure(
        _ response: OutboundResponse, _ action: String, _ signer: Signer?, _ signedAt: Date
    ) -> AttemptError {
        let error = STSErrorResponse(status: response.status, body: response.body)
        var verdict = error.verdict(signed: signer != nil)
        if let signer, verdict == .signerExpired || error.isSignerUnknown {
            // Without other credentials, a retry would be identical.
            verdict = signer.invalidate() ? .signerExpired : .refused
        }
        if verdict == .clockSkewed,
            !skew.learn(response.header("date"), now: now(), signedAt: signedAt)
        {
            // The correction is unchanged, so a retry would be identical.
            verdict = .refused
        }
        return AttemptError(
            verdict, "\(action): \(error.detail(of: action))", retryAfter: AttemptError.retryAfter(response),
            code: error.code)
    }
}
