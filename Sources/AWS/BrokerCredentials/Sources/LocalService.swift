import Outbound

/// A service of this machine that hands out credentials, with its retries.
struct LocalService: Sendable {
    /// For the words of a problem.
    let name: String
    let transport: any OutboundTransport
    let retry: RetryPolicy
    /// Whether no answer at all is worth another attempt, or only says that there is no such service here.
    let isExpected: Bool

    /// Any answer but those that stay bad through the retries: 429 and 5xx.
    func send(_ request: OutboundRequest) async throws(BrokerCredentialError) -> OutboundResponse {
        do throws(AttemptError) {
            return try await retry.run { time throws(AttemptError) in
                let response = try await attempt(request, time.timeout)
                guard response.status < 500, response.status != 429 else {
                    throw AttemptError(.transient, "\(name): HTTP \(response.status)")
                }
                return response
            }
        } catch {
            throw BrokerCredentialError(error.detail)
        }
    }

    private func attempt(
        _ request: OutboundRequest, _ timeout: Duration
    ) async throws(AttemptError) -> OutboundResponse {
        do throws(OutboundError) {
            return try await transport.send(request, timeout: timeout, bodyLimit: CredentialDocument.sizeLimit)
        } catch {
            let failure = AttemptError(error, calling: name)
            throw isExpected ? failure : AttemptError(.refused, failure.detail)
        }
    }
}
