package import FoundationEssentials
package import Outbound
import Vending

/// Calls STS in one Region, retries included. One for the process: it holds the retry quota and the clock's correction.
package struct STSClient: Sendable {
    private let endpoint: Endpoint
    private let signer: SigV4
    private let transport: any OutboundTransport
    private var retry: RetryPolicy
    private let endpointGuard: EndpointGuard
    private let now: @Sendable () -> Date
    private let skew = ClockSkew()

    package init(
        endpoint: Endpoint, region: Region, transport: any OutboundTransport, retry: RetryPolicy = RetryPolicy(),
        endpointGuard: EndpointGuard, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.endpoint = endpoint
        signer = SigV4(region: region.name, service: "sts")
        self.transport = transport
        self.retry = retry
        self.endpointGuard = endpointGuard
        self.now = now
    }

    /// The same with that much time at most, for a call that is one of several.
    func within(_ time: Duration) throws(ExchangeError) -> STSClient {
        var client = self
        do throws(AttemptError) {
            client.retry = try retry.within(time)
        } catch {
            throw error.exchangeError
        }
        return client
    }

    /// Credentials of an assumed role, fit to be handed on.
    /// - Parameters:
    ///   - app: whose turn it takes.
    ///   - provider: signs the call; without one it goes unsigned.
    func assume(
        _ request: STSRequest, for app: AppName, signedBy provider: (any BrokerCredentialProvider)? = nil
    ) async throws(ExchangeError) -> TemporaryCredentials {
        try await call(request, share: app.rawValue, signedBy: provider) { $0.credentials.problem(at: now()) }
            .credentials
    }

    /// Credentials of an assumed role that Purser itself is to sign with, and nobody else ever sees.
    func assumeForBroker(
        _ request: STSRequest, signedBy provider: (any BrokerCredentialProvider)?
    ) async throws(ExchangeError) -> SigningCredentials {
        let names = (id: "AccessKeyId", secret: "SecretAccessKey", token: "SessionToken")
        let answer = try await call(request, share: "", signedBy: provider) {
            SigningCredentials($0.credentials).problem(names)
        }
        return SigningCredentials(answer.credentials)
    }

    /// - Parameter problem: what an answer lacks, in words; it counts as none then.
    private func call(
        _ request: STSRequest, share: String, signedBy provider: (any BrokerCredentialProvider)?,
        unless problem: (STSResponse) -> String?
    ) async throws(ExchangeError) -> STSResponse {
        do throws(AttemptError) {
            let body = request.body
            return try await retry.run { time throws(AttemptError) in
                // Apart from the attempt proper, because to come by credentials can take calls of its own.
                let signer = try await provider?.signer()
                return try await endpointGuard.run(share: share, patience: time.patience) {
                    () async throws(AttemptError) in
                    let answer = try await attempt(request.action, body, signer, timeout: time.timeout)
                    if let problem = problem(answer) {
                        throw AttemptError(.transient, "\(request.action): \(problem)")
                    }
                    return answer
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
        let theirs = ClockSkew.theirs(response.header("date"), now: now())
        guard let answer = STSResponse(response.body, action: action, received: theirs) else {
            throw AttemptError(.transient, "\(action): HTTP 200 without a whole answer")
        }
        return answer
    }

    private var rootIfEmpty: String { endpoint.path.isEmpty ? "/" : "" }

    /// - Parameter credentials: to sign with; without them the call goes unsigned.
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
            // Without others in their place, another attempt would be the same one.
            verdict = signer.invalidate() ? .signerExpired : .refused
        }
        if verdict == .clockSkewed,
            !skew.learn(response.header("date"), now: now(), signedAt: signedAt)
        {
            // Nothing learned, so another attempt would be the same one.
            verdict = .refused
        }
        return AttemptError(verdict, "\(action): \(error.detail)", retryAfter: AttemptError.retryAfter(response))
    }
}
