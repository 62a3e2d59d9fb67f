// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A received request. It holds no credentials.
struct ReceivedRequest: Encodable, Sendable {
    /// Counts up from 1.
    let sequence: Int
    let time: Date
    /// `rum:PutRumEvents`, …
    let action: String
    /// Name of the app monitor; `nil` if the path names no known one.
    let monitor: String?
    /// Name of the session; `nil` if the caller could not be verified.
    let session: String?
    let role: String?
    let tags: [String: String]?
    let sourceIdentity: String?
    let status: Int
    /// The service's error code; `nil` if the request was accepted.
    let error: String?
    let message: String?
    /// Size of the body; `nil` if the body was not read.
    let bytes: Int?
    let contentType: String?
    let contentEncoding: String?
    let isPresigned: Bool?
    /// `nil` if the request was refused, or if its action has no events.
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
        case .refused(let refusal):
            (status, error, message) = (refusal.status, refusal.code, refusal.message)
            events = nil
        }
    }
}
