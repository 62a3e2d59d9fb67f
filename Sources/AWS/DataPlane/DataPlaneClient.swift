package import FoundationEssentials
package import Outbound
package import Vending

/// CloudWatch RUM's data plane. One for the process: it holds the clock's correction.
package struct DataPlaneClient: DataPlane {
    /// Bytes of an answer; PutRumEvents has none to speak of.
    static let answerLimit = 16 << 10
    /// How long a batch waits for its turn: the page that sent it waits too, and tries again by itself.
    static let patience = Duration.seconds(1)

    private let transport: any OutboundTransport
    private let endpointGuard: EndpointGuard
    private let timeout: Duration
    private let now: @Sendable () -> Date
    private let skew = ClockSkew()

    /// - Parameter timeout: on one call, from connecting to the last byte of the answer.
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
        _ batch: Batch, to monitor: AppMonitor, for app: AppName, with credentials: TemporaryCredentials
    ) async throws(DeliveryError) -> Delivery {
        guard let endpoint = Endpoint(monitor.endpoint) else {
            throw DeliveryError(.refused, "PutRumEvents: the monitor's endpoint is no base URL")
        }
        let request = PutRumEventsRequest(batch, to: monitor, at: endpoint)
        var signer = SigV4(region: monitor.region, service: "rum")
        signer.addsContentHash = true
        do throws(AttemptError) {
            do throws(AttemptError) {
                return try await attempt(request, signer, SigningCredentials(credentials), app)
            } catch {
                // AWS looked at the signature alone: the batch has not arrived.
                guard error.kind == .clockSkewed else { throw error }
                return try await attempt(request, signer, SigningCredentials(credentials), app)
            }
        } catch {
            throw DeliveryError(error)
        }
    }

    private func attempt(
        _ request: PutRumEventsRequest, _ signer: SigV4, _ credentials: SigningCredentials, _ app: AppName
    ) async throws(AttemptError) -> Delivery {
        try await endpointGuard.run(share: app.rawValue, patience: Self.patience) {
            () async throws(AttemptError) in
            // Signed when its turn has come, so that waiting takes nothing off the signature's five minutes.
            let signedAt = skew.correct(now())
            let response = try await send(request.signed(by: signer, credentials, at: signedAt))
            guard (200..<300).contains(response.status) else { throw failure(response, signedAt) }
            return Delivery(body: response.body, requestID: JSONErrorResponse.requestID(response))
        }
    }

    private func send(_ request: OutboundRequest) async throws(AttemptError) -> OutboundResponse {
        do throws(OutboundError) {
            return try await transport.send(request, timeout: timeout, bodyLimit: Self.answerLimit)
        } catch {
            throw AttemptError(error, calling: "PutRumEvents")
        }
    }

    private func failure(_ response: OutboundResponse, _ signedAt: Date) -> AttemptError {
        let error = JSONErrorResponse(response)
        // A redirect would take the session elsewhere, and comes from nobody who is the data plane.
        let isRedirect = (300..<400).contains(response.status)
        var verdict = isRedirect ? .refused : error.signatureVerdict ?? error.verdict
        if verdict == .clockSkewed, !skew.learn(response.header("date"), now: now(), signedAt: signedAt) {
            // Nothing learned, so another attempt would be the same one.
            verdict = .refused
        }
        return AttemptError(
            verdict, "PutRumEvents: \(error.detail)", retryAfter: RetryAfter.duration(response, now: now()),
            status: response.status)
    }
}

extension JSONErrorResponse {
    /// What it says about credentials and signature, if it is about them.
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
            case .turnedAway: .turnedAway
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
