// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
package import HTTPTypes
package import Observability
package import Vending

/// Writes one log line per response and counts it. A line names the app and the outcome, never the user. Of a flood of
/// responses to requests over a rate limit, some have a line, and the others are counted.
package struct AccessLog: Sendable {
    package struct Record: Sendable {
        package let requestID: String
        package let began: ContinuousClock.Instant
        /// `nil` if the request is unreadable.
        package let method: HTTPRequest.Method?
        /// `nil` if the path has no endpoint, or its app does not exist.
        package let endpoint: EndpointLabel?
        package let app: AppName?
        /// `nil` if it is unknown.
        package let client: ClientAddress?

        package init(
            method: HTTPRequest.Method?, endpoint: EndpointLabel?, app: AppName?, client: ClientAddress? = nil,
            requestID: String, began: ContinuousClock.Instant
        ) {
            self.client = client
            self.method = method
            self.endpoint = endpoint
            self.app = app
            self.requestID = requestID
            self.began = began
        }
    }

    private let sink: LogSink
    private let counters: Counters<ResponseKind>
    private let clients: ClientNames
    private let sampler: LineSampler
    private let now: @Sendable () -> Date

    package init(
        sink: LogSink, counters: Counters<ResponseKind>, clients: ClientNames, sampler: LineSampler = LineSampler(),
        now: @escaping @Sendable () -> Date
    ) {
        self.sampler = sampler
        self.sink = sink
        self.clients = clients
        self.counters = counters
        self.now = now
    }

    package func succeeded(_ record: Record, status: HTTPResponse.Status, hit: Bool) {
        counters.increment(ResponseKind(endpoint: record.endpoint, code: nil))
        var line = begin(record, status: status, code: "ok", level: "info")
        line.add("hit", hit)
        sink.write(line.finished())
    }

    /// - Parameter status: of the response, which may differ from the code's status.
    package func failed(_ record: Record, _ error: ServiceError, status: HTTPResponse.Status) {
        counters.increment(ResponseKind(endpoint: record.endpoint, code: error.code))
        guard !error.isRateLimited || sampler.admits(error.reason) else { return }
        var line = begin(
            record, status: status, code: error.code.rawValue,
            level: error.code.status.code >= 500 ? "warning" : "info")
        line.add("hit", false)
        line.add("reason", error.reason)
        if !error.detail.isEmpty { line.add("detail", error.detail) }
        sink.write(line.finished())
    }

    /// Writes a line about the responses that the sampler has omitted since the last call, if there are any.
    package func recordOmitted() {
        let omitted = sampler.takeOmitted()
        guard !omitted.isEmpty else { return }
        var line = JSONLine()
        line.add("time", time: now())
        line.add("level", "info")
        line.add("message", "answers not logged")
        line.add(omitted: omitted)
        sink.write(line.finished())
    }

    private func begin(_ record: Record, status: HTTPResponse.Status, code: String, level: String) -> JSONLine {
        var line = JSONLine()
        line.add("time", time: now())
        line.add("level", level)
        line.add("message", "answered")
        line.add("requestId", record.requestID)
        if let app = record.app { line.add("app", app.rawValue) }
        if let endpoint = record.endpoint { line.add("endpoint", endpoint.name) }
        if let method = record.method {
            line.add("method", Self.knownMethods.contains(method) ? method.rawValue : "other")
        }
        clients.add(record.client, to: &line)
        line.add("status", status.code)
        line.add("code", code)
        line.add("durationMs", milliseconds: .now - record.began)
        return line
    }

    private static let knownMethods: [HTTPRequest.Method] = [.get, .options, .head, .post, .put, .delete, .patch]
}

extension ContinuousClock.Instant {
    fileprivate static func - (left: Self, right: Self) -> Duration { right.duration(to: left) }
}
