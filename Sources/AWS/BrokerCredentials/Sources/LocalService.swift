// SPDX-License-Identifier: Apache-2.0

import Outbound

/// A local service that returns credentials. Requests are retried.
struct LocalService: Sendable {
    /// For error details.
    let name: String
    let transport: any OutboundTransport
    let retry: RetryPolicy
    /// Whether the service must exist here. If not, a missing response is final instead of retried.
    let isExpected: Bool

    /// Returns the response. 429 and 5xx are retried, and thrown once the retries are exhausted.
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
