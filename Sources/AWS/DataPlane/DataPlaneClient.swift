// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
package import Outbound
package import Vending

/// The client of CloudWatch RUM's data plane. The process shares one, which owns the clock correction.
package struct DataPlaneClient: DataPlane {
    /// Limit of a response in bytes. PutRumEvents returns next to nothing.
    static let responseLimit = 16 << 10
    /// How long a batch waits in the queue. Short, because the page that sent it waits too, and retries by itself.
    static let patience = Duration.seconds(1)

    private let transport: any OutboundTransport
    private let endpointGuard: EndpointGuard
    private let timeout: Duration
    private let now: @Sendable () -> Date
    private let skew = ClockSkew()
    private let endpoints = MonitorEndpoints()

    /// - Parameter timeout: for one call, from connecting to the last byte of the response.
    package init(
        transport: any OutboundTransport, endpointGuard: EndpointGuard, timeout: Duration,
        now: @escaping @Sendable () -> Date
    ) {
        self.transport = transport
        self.endpointGuard = endpointGuard
        self.timeout = timeout
        self.now = now
    }

    package func put(
        _ batch: Batch, to monitor: AppMonitor, for share: CallShare, with credentials: TemporaryCredentials,
        checking check: (Batch) async throws(BatchError) -> Void
    ) async throws(DeliveryError) -> Delivery {
        guard let endpoint = endpoints.endpoint(monitor.endpoint) else {
            throw DeliveryError(.refused, "PutRumEvents: the monitor's endpoint is not a base URL")
        }
        let request = PutRumEventsRequest(batch, to: monitor, at: endpoint)
        var signer = SigV4(region: monitor.region, service: "rum")
        signer.addsContentHash = true
        do throws(AttemptError) {
            do throws(AttemptError) {
                return try await attempt(request, signer, SigningCredentials(credentials), share) {
                    () async throws(AttemptError) in
                    do throws(BatchError) {
                        try await check(batch)
                    } catch {
                        throw AttemptError(.batchRefused, error.detail)
                    }
                }
            } catch {
                // AWS rejected the signature before it took the batch, so a retry makes no duplicate.
                guard error.kind == .clockSkewed else { throw error }
                return try await attempt(request, signer, SigningCredentials(credentials), share) {}
            }
        } catch {
            throw DeliveryError(error)
        }
    }

    private func attempt(
        _ request: PutRumEventsRequest, _ signer: SigV4, _ credentials: SigningCredentials, _ share: CallShare,
        checking check: () async throws(AttemptError) -> Void
    ) async throws(AttemptError) -> Delivery {
        try await endpointGuard.run(share: share, patience: Self.patience, checking: check) {
            () async throws(AttemptError) in
            // Signed after the wait in the queue, so that the wait does not shorten the signature's five minutes.
            let signedAt = skew.correct(now())
            let response = try await send(request.signed(by: signer, credentials, at: signedAt))
            guard (200..<300).contains(response.status) else { throw failure(response, signedAt) }
            return Delivery(body: response.body, requestID: JSONErrorResponse.requestID(response))
        }
    }

    private func send(_ request: OutboundRequest) async throws(AttemptError) -> OutboundResponse {
        do throws(OutboundError) {
            return try await transport.send(request, timeout: timeout, bodyLimit: Self.responseLimit)
        } catch {
            throw AttemptError(error, calling: "PutRumEvents")
        }
    }

    private func failure(_ response: OutboundResponse, _ signedAt: Date) -> AttemptError {
        let error = JSONErrorResponse(response)
        // The data plane sends no redirects, and to follow one would send the session elsewhere.
        let isRedirect = (300..<400).contains(response.status)
        var verdict = isRedirect ? .refused : error.signatureVerdict ?? error.verdict
        if verdict == .clockSkewed, !skew.learn(response.header("date"), now: now(), signedAt: signedAt) {
            // The correction is unchanged, so a retry would be identical.
            verdict = .refused
        }
        return AttemptError(
            verdict, "PutRumEvents: \(error.detail)", retryAfter: RetryAfter.duration(response, now: now()),
            status: response.status)
    }
}

extension JSONErrorResponse {
    /// The error kind if the error concerns credentials or the signature.
    fileprivate var signatureVerdict: AttemptError.Kind? {
        guard (400..<500).contains(status) else { return nil }
        switch code {
        case "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException":
            return .signerExpired
        case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture": return .clockSkewed
        case "SignatureDoesNotMatch", "InvalidSignatureException":
            let isAboutTime = message.hasPrefix("Signature expired") || message.hasPrefix("Signature not yet current")
            return isAboutTime ? .clockSkewed : .refused
        default: return nil
        }
    }
}

extension DeliveryError {
    fileprivate init(_ failure: AttemptError) {
        let kind: Kind =
            switch failure.kind {
            case .signerExpired: .credentialsRejected
            case .throttled: .throttled
            case .rateLimited: .rateLimited
            case .noConnection: .noConnection
            case .batchRefused: .batchRefused
            case .timedOut: .timedOut
            case .transient, .transientOnce, .providerFailed:
                if let status = failure.status, (500..<600).contains(status) {
                    .failed(status: status)
                } else {
                    .unavailable
                }
            case .breakerOpen, .cancelled, .brokerCredentials: .unavailable
            case .refused, .tokenExpired, .clockSkewed: .refused
            }
        self.init(kind, failure.detail, retryAfter: failure.seconds)
    }
}
