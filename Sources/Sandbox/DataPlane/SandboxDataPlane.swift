// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// PutRumEvents and GetAppMonitor of CloudWatch RUM, for sessions of this sandbox's STS.
struct SandboxDataPlane: Sendable {
    /// Bytes of the body, at most.
    static let bodyLimit = 1 << 20

    let configuration: SandboxConfiguration
    let sessions: SessionStore
    let received: ReceivedEvents

    /// - Parameter id: the app monitor's id from the path.
    func put(_ request: SignedRequest, monitor id: String, at now: Date) throws(DataPlaneError) {
        let monitor = configuration.monitors.first { $0.id == id }
        try answer(request, .putRumEvents, on: monitor, at: now) { () throws(DataPlaneError) in
            try PutRumEventsBody(request)
        }
    }

    /// - Parameter name: the app monitor's name from the path.
    func monitor(_ name: String, for request: SignedRequest, at now: Date) throws(DataPlaneError)
        -> SandboxConfiguration.Monitor
    {
        let monitor = configuration.monitors.first { $0.name == name }
        try answer(request, .getAppMonitor, on: monitor, at: now) { nil }
        guard let monitor else { throw .resourceNotFound }
        return monitor
    }

    /// Records a request whose body exceeds `bodyLimit` and was not read to its end.
    func refuseTooLarge(monitor id: String, at now: Date) -> DataPlaneError {
        let monitor = configuration.monitors.first { $0.id == id }
        received.record(
            .putRumEvents, monitor: monitor, session: nil, requestSummary: nil, at: now, outcome: .refused(.tooLarge))
        return .tooLarge
    }

    private func answer(
        _ request: SignedRequest, _ action: RUMAction, on monitor: SandboxConfiguration.Monitor?, at now: Date,
        reading body: () throws(DataPlaneError) -> PutRumEventsBody?
    ) throws(DataPlaneError) {
        var session: Session?
        let requestSummary = RequestSummary(request)
        do throws(DataPlaneError) {
            let caller = try caller(of: request, at: now)
            session = caller
            // Only verified sessions of the account can find out which app monitors exist.
            guard let monitor else { throw DataPlaneError.resourceNotFound }
            guard caller.allows(action: action.rawValue, resource: configuration.arn(of: monitor)) else {
                throw DataPlaneError.accessDenied(
                    """
                    User: \(caller.assumedRoleARN) is not authorized to perform: \(action.rawValue) on resource: \
                    \(configuration.arn(of: monitor))
                    """)
            }
            let body = try body()
            received.record(
                action, monitor: monitor, session: session, requestSummary: requestSummary, at: now,
                outcome: .accepted(body))
        } catch {
            received.record(
                action, monitor: monitor, session: session, requestSummary: requestSummary, at: now,
                outcome: .refused(error))
            throw error
        }
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
