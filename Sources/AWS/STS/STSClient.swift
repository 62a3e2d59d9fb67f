package import FoundationEssentials
package import Outbound
import Vending

/// Calls STS in one Region, retries included. One for the process: it holds the retry quota and the clock's correction.
package struct STSClient: Sendable {
    private let endpoint: Endpoint
    private let signer: SigV4
    private let transport: any OutboundTransport
    private var retry: RetryPolicy
    private let now: @Sendable () -> Date
    private let skew = ClockSkew()

    package init(
        endpoint: Endpoint, region: Region, transport: any OutboundTransport, retry: RetryPolicy = RetryPolicy(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.endpoint = endpoint
        signer = SigV4(region: region.name, service: "sts")
        self.transport = transport
        self.retry = retry
        self.now = now
    }

    /// The same with that much time at most, for a call that is one of several.
    func within(_ time: Duration) throws(ExchangeFailure) -> STSClient {
        var client = self
        do throws(AttemptFailure) {
            client.retry = try retry.within(time)
        } catch {
            throw error.exchangeFailure
        }
        return client
    }

    /// Credentials of an assumed role, fit to be handed on.
    /// - Parameter provider: signs the call; without one it goes unsigned.
    func assume(
        _ request: STSRequest, signedBy provider: (any OwnCredentialProvider)? = nil
    ) async throws(ExchangeFailure) -> TemporaryCredentials {
        do throws(AttemptFailure) {
            let body = request.body
            return try await retry.run { timeout throws(AttemptFailure) in
                try await attempt(request.action, body, provider, timeout: timeout)
            }
        } catch {
            throw error.exchangeFailure
        }
    }

    private func attempt(
        _ action: String, _ body: [UInt8], _ provider: (any OwnCredentialProvider)?, timeout: Duration
    ) async throws(AttemptFailure) -> TemporaryCredentials {
        let signedAt = skew.correct(now())
        let headers = try await headers(body, provider, at: signedAt)
        let response = try await send(
            OutboundRequest(method: .post, url: endpoint.url + rootIfEmpty, headers: headers, body: body), action,
            timeout)
        guard response.status == 200 else {
            throw failure(response, action, signedAt: provider == nil ? nil : signedAt)
        }
        guard let answer = STSAnswer(response.body, action: action) else {
            throw AttemptFailure(.transient, "\(action): HTTP 200 without a whole answer")
        }
        if let problem = answer.credentials.problem(at: now()) {
            throw AttemptFailure(.transient, "\(action): \(problem)")
        }
        return answer.credentials
    }

    private var rootIfEmpty: String { endpoint.path.isEmpty ? "/" : "" }

    private func headers(
        _ body: [UInt8], _ provider: (any OwnCredentialProvider)?, at date: Date
    ) async throws(AttemptFailure) -> [(name: String, value: String)] {
        let contentType = (name: "Content-Type", value: STSRequest.contentType)
        guard let provider else { return [contentType] }
        let credentials: OwnCredentials
        do throws(ExchangeFailure) {
            credentials = try await provider.credentials()
        } catch {
            throw AttemptFailure(.ownCredentials, error.detail)
        }
        let unsigned = SignableRequest(
            method: "POST", path: endpoint.path + rootIfEmpty, headers: [("Host", endpoint.authority), contentType],
            body: body)
        return signer.sign(unsigned, credentials: credentials, date: date).request.headers
    }

    private func send(
        _ request: OutboundRequest, _ action: String, _ timeout: Duration
    ) async throws(AttemptFailure) -> OutboundResponse {
        do throws(OutboundFailure) {
            return try await transport.send(request, timeout: timeout, bodyLimit: MarkupDocument.sizeLimit)
        } catch {
            throw AttemptFailure(error, of: action)
        }
    }

    /// - Parameter signedAt: `nil` for an unsigned call.
    private func failure(_ response: OutboundResponse, _ action: String, signedAt: Date?) -> AttemptFailure {
        let error = STSError(status: response.status, body: response.body)
        var verdict = error.verdict(signed: signedAt != nil)
        if verdict == .clockSkewed, let signedAt,
            !skew.learn(response.header("date"), now: now(), signedAt: signedAt)
        {
            // Nothing learned, so another attempt would be the same one.
            verdict = .refused
        }
        return AttemptFailure(verdict, "\(action): \(error.detail)", retryAfter: AttemptFailure.retryAfter(response))
    }
}
