import FoundationEssentials

/// PutRumEvents of the CloudWatch RUM data plane, open to the sessions of this sandbox's STS.
struct DataPlane: Sendable {
    /// Bytes of body at most.
    static let bodyLimit = 1 << 20
    static let action = "rum:PutRumEvents"

    let configuration: SandboxConfiguration
    let sessions: SessionStore
    let received: ReceivedEvents

    /// - Parameter id: of the app monitor, as the path has it.
    func put(_ request: SignedRequest, monitor id: String, at now: Date) throws(DataPlaneError) {
        let monitor = configuration.monitors.first { $0.id == id }
        var session: Session?
        do throws(DataPlaneError) {
            let caller = try caller(of: request, at: now)
            session = caller
            // Only callers with a session of the account learn which app monitors there are.
            guard let monitor else { throw DataPlaneError.resourceNotFound }
            guard caller.allows(action: Self.action, resource: configuration.arn(of: monitor)) else {
                throw DataPlaneError.accessDenied(
                    """
                    User: \(caller.assumedRoleARN) is not authorized to perform: \(Self.action) on resource: \
                    \(configuration.arn(of: monitor))
                    """)
            }
            let batch = try PutRumEventsBody(request)
            received.record(monitor: monitor, session: session, at: now, outcome: .accepted(batch))
        } catch {
            received.record(monitor: monitor, session: session, at: now, outcome: .refused(error))
            throw error
        }
    }

    /// For a body that was not read to its end.
    func refuseTooLarge(monitor id: String, at now: Date) -> DataPlaneError {
        let monitor = configuration.monitors.first { $0.id == id }
        received.record(monitor: monitor, session: nil, at: now, outcome: .refused(.tooLarge))
        return .tooLarge
    }

    private func caller(of request: SignedRequest, at now: Date) throws(DataPlaneError) -> Session {
        let verifier = SignatureVerifier(region: configuration.region, service: "rum")
        do {
            return try verifier.verify(request, at: now) { sessions.session(of: $0)?.signingKey }
        } catch {
            throw DataPlaneError(error)
        }
    }
}
