// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Synchronization

/// A bounded record of received requests, for the demo store and for tests. It holds no credentials.
final class ReceivedEvents: Sendable {
    enum Outcome {
        /// The body is `nil` for an action without one.
        case accepted(PutRumEventsBody?)
        case refused(DataPlaneError)
    }

    struct Counters: Encodable, Sendable {
        let name: String
        let id: String
        var accepted = 0
        var refused = 0
        var events = 0
    }

    struct Report: Encodable, Sendable {
        /// Number of requests since the start, including those for unknown monitors. It is also the sequence number of
        /// the newest one.
        fileprivate(set) var requests = 0
        fileprivate(set) var monitors: [Counters]
        /// The last 100 requests, newest first.
        fileprivate(set) var last: [ReceivedRequest] = []
    }

    /// Maximum number of requests in `last`, and of events in each of them.
    private static let limit = 100

    private let state: Mutex<Report>

    init(_ monitors: [SandboxConfiguration.Monitor]) {
        state = Mutex(Report(monitors: monitors.map { Counters(name: $0.name, id: $0.id) }))
    }

    /// - Parameter sequence: the report lists only requests with a higher sequence number.
    func report(after sequence: Int = 0) -> Report {
        var report = state.withLock { $0 }
        report.last = Array(report.last.prefix { $0.sequence > sequence })
        return report
    }

    func record(
        _ action: RUMAction, monitor: SandboxConfiguration.Monitor?, session: Session?, requestSummary: RequestSummary?,
        at now: Date, outcome: Outcome
    ) {
        state.withLock { report in
            report.requests += 1
            let request = ReceivedRequest(
                report.requests, action, monitor: monitor, session: session, requestSummary: requestSummary, at: now,
                outcome: outcome, eventLimit: Self.limit)
            report.last.insert(request, at: 0)
            if report.last.count > Self.limit { report.last.removeLast() }
            guard let index = report.monitors.firstIndex(where: { $0.id == monitor?.id }) else { return }
            switch outcome {
            case .accepted(let body):
                report.monitors[index].accepted += 1
                report.monitors[index].events += body?.events.count ?? 0
            case .refused:
                report.monitors[index].refused += 1
            }
        }
    }
}
