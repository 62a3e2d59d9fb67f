// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
package import HTTPTypes
package import Observability
package import Vending

/// Counts and measures each response, and writes a log line about those that `AccessLines` admits. A line names the app
/// and the outcome, never the user. Of a flood of responses to requests over a rate limit, some have a line, and the
/// others are counted.
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
    private let successes: SuccessMetrics
    private let clients: ClientNames
    private let sampler: LineSampler
    private let durations: Histograms<ResponseClass>
    private let lines: AccessLines
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - durations: of requests, from their last header field to the response.
    ///   - lines: which responses have lines.
    package init(
        sink: LogSink, counters: Counters<ResponseKind>, durations: Histograms<ResponseClass>, clients: ClientNames,
        lines: AccessLines = AccessLines(), sampler: LineSampler = LineSampler(),
        now: @escaping @Sendable () -> Date
    ) {
        self.durations = durations
        self.lines = lines
        self.sampler = sampler
        self.sink = sink
        self.clients = clients
        self.counters = counters
        successes = SuccessMetrics(counters, durations)
        self.now = now
    }

    package func succeeded(_ record: Record, status: HTTPResponse.Status, hit: Bool) {
        let duration = duration(of: record)
        if status.code < 300, let endpoint = record.endpoint {
            successes.add(endpoint, duration, requestID: record.requestID)
        } else {
            counters.increment(ResponseKind(endpoint: record.endpoint, code: nil))
            observe(duration, record, status)
        }
        guard lines.admitsSuccess() else { return }
        var line = begin(record, status: status, code: "ok", level: "info", duration)
        line.add("hit", hit)
        if let ratio = lines.ratio { line.add("sampled", ratio: ratio) }
        sink.write(line.finished())
    }

    /// - Parameter status: of the response, which may differ from the code's status.
    package func failed(_ record: Record, _ error: ServiceError, status: HTTPResponse.Status) {
        counters.increment(ResponseKind(endpoint: record.endpoint, code: error.code))
        let duration = duration(of: record)
        observe(duration, record, status)
        let isWarning = error.code.status.code >= 500
        guard lines.admitsError(isWarning: isWarning), !error.isRateLimited || sampler.admits(error.reason) else {
            return
        }
        var line = begin(
            record, status: status, code: error.code.rawValue, level: isWarning ? "warning" : "info", duration)
        line.add("hit", false)
        line.add("reason", error.reason)
        if !error.detail.isEmpty { line.add("detail", error.detail) }
        sink.write(line.finished())
    }

    /// Writes a line about the responses that the sampler has omitted since the last call, if there are any.
    package func recordOmitted() {
        let omitted = sampler.takeOmitted()
        guard !omitted.isEmpty, lines.admitsError(isWarning: false) else { return }
        var line = JSONLine()
        line.add("time", time: now())
        line.add("level", "info")
        line.add("message", "answers not logged")
        line.add(omitted: omitted)
        sink.write(line.finished())
    }

    /// In nanoseconds.
    private func duration(of record: Record) -> Int {
        let (seconds, attoseconds) = record.began.duration(to: .now).components
        return Int(seconds) &* 1_000_000_000 &+ Int(attoseconds / 1_000_000_000)
    }

    private func observe(_ duration: Int, _ record: Record, _ status: HTTPResponse.Status) {
        durations[ResponseClass(endpoint: record.endpoint, status: status)]?
            .observe(units: duration, exemplar: ("request_id", record.requestID))
    }

    private func begin(
        _ record: Record, status: HTTPResponse.Status, code: String, level: String, _ duration: Int
    ) -> JSONLine {
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
        line.add("durationMs", milliseconds: duration)
        return line
    }

    private static let knownMethods: [HTTPRequest.Method] = [.get, .options, .head, .post, .put, .delete, .patch]
}
