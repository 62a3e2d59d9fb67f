import FoundationEssentials
import Synchronization

/// What came in, for the demo page and for tests. Bounded, and without anything that is a credential.
final class ReceivedEvents: Sendable {
    enum Outcome {
        case accepted(PutRumEventsBody)
        case refused(DataPlaneError)
    }

    struct Request: Encodable, Sendable {
        let time: Date
        /// Name of the app monitor; `nil` where the path named none.
        let monitor: String?
        /// `nil` where nobody verifiable called.
        let session: String?
        let role: String?
        let status: Int
        let error: String?
        /// Types of the events; `nil` where they were refused, or compressed and so not looked into.
        let events: [String]?
    }

    struct Counters: Encodable, Sendable {
        let name: String
        let id: String
        var accepted = 0
        var refused = 0
        var events = 0
    }

    struct Report: Encodable, Sendable {
        /// Requests since the start, those for unknown monitors included.
        fileprivate(set) var requests = 0
        fileprivate(set) var monitors: [Counters]
        /// The last ones, newest first.
        fileprivate(set) var last: [Request] = []
    }

    /// Requests that `last` holds at most, and event types that one of them holds at most.
    private static let limit = 100

    private let state: Mutex<Report>

    init(_ monitors: [SandboxConfiguration.Monitor]) {
        state = Mutex(Report(monitors: monitors.map { Counters(name: $0.name, id: $0.id) }))
    }

    var report: Report { state.withLock { $0 } }

    func record(monitor: SandboxConfiguration.Monitor?, session: Session?, at now: Date, outcome: Outcome) {
        var (status, error, types): (Int, String?, [String]?) = (200, nil, nil)
        switch outcome {
        case .accepted(let body): types = body.eventTypes
        case .refused(let problem): (status, error) = (problem.status, problem.code)
        }
        let request = Request(
            time: now, monitor: monitor?.name, session: session?.name, role: session?.roleARN, status: status,
            error: error, events: types.map { Array($0.prefix(Self.limit)) })
        state.withLock { report in
            report.requests += 1
            report.last.insert(request, at: 0)
            if report.last.count > Self.limit { report.last.removeLast() }
            guard let index = report.monitors.firstIndex(where: { $0.id == monitor?.id }) else { return }
            if status == 200 {
                report.monitors[index].accepted += 1
                report.monitors[index].events += types?.count ?? 0
            } else {
                report.monitors[index].refused += 1
            }
        }
    }
}
