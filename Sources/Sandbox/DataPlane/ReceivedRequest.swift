import FoundationEssentials

/// A request that came in, without anything that is a credential.
struct ReceivedRequest: Encodable, Sendable {
    /// From 1, one more each.
    let sequence: Int
    let time: Date
    /// `rum:PutRumEvents`, …
    let action: String
    /// Name of the app monitor; `nil` where the path named none.
    let monitor: String?
    /// `nil` where nobody verifiable called.
    let session: String?
    let role: String?
    let tags: [String: String]?
    let sourceIdentity: String?
    let status: Int
    /// The service's error code and message.
    let error: String?
    let message: String?
    /// Of the body; `nil` where it was not read.
    let bytes: Int?
    let contentType: String?
    let contentEncoding: String?
    let isPresigned: Bool?
    /// `nil` where they were refused, or there are none to an action.
    let events: [ReceivedEvent]?

    init(
        _ sequence: Int, _ action: RUMAction, monitor: SandboxConfiguration.Monitor?, session: Session?,
        requestSummary: RequestSummary?, at now: Date, outcome: ReceivedEvents.Outcome, eventLimit: Int
    ) {
        self.sequence = sequence
        time = now
        self.action = action.rawValue
        self.monitor = monitor?.name
        self.session = session?.name
        role = session?.roleARN
        tags = session.flatMap { session in
            session.tags.tags.isEmpty
                ? nil : Dictionary(session.tags.tags.map { ($0.key, $0.value) }) { first, _ in first }
        }
        sourceIdentity = session?.sourceIdentity
        bytes = requestSummary?.bytes
        contentType = requestSummary?.contentType
        contentEncoding = requestSummary?.contentEncoding
        isPresigned = requestSummary?.isPresigned
        switch outcome {
        case .accepted(let body):
            (status, error, message) = (200, nil, nil)
            events = body.map { Array($0.events.prefix(eventLimit)) }
        case .refused(let problem):
            (status, error, message) = (problem.status, problem.code, problem.message)
            events = nil
        }
    }
}
