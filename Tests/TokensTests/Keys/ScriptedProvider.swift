// SPDX-License-Identifier: Apache-2.0

import Outbound
import Synchronization
import TestSupport
import Tokens
import Vending

/// A provider in memory: a scripted response for each address, and the received requests. A gate can delay the
/// responses.
final class ScriptedProvider: OutboundTransport {
    typealias Answer = Result<OutboundResponse, OutboundError>

    static let keys = "https://login.example.com/jwks.json"

    private struct State {
        var answers: [String: Answer] = [:]
        var requests: [(request: OutboundRequest, timeout: Duration, bodyLimit: Int)] = []
        var gate: Gate?
    }

    private let state = Mutex(State())

    var requests: [(request: OutboundRequest, timeout: Duration, bodyLimit: Int)] { state.withLock { $0.requests } }
    var addresses: [String] { requests.map(\.request.url) }
    var count: Int { requests.count }

    func hold(at gate: Gate?) { state.withLock { $0.gate = gate } }

    func answer(_ address: String = keys, _ answer: Answer) { state.withLock { $0.answers[address] = answer } }

    /// Publishes the public keys of `issuers`.
    func publish(_ issuers: TestIssuer..., headers: [(String, String)] = []) {
        publish("[" + issuers.map { $0.jwk() }.joined(separator: ",") + "]", headers: headers)
    }

    func publish(_ keys: String, headers: [(String, String)] = []) {
        answer(Self.keys, Self.json(#"{"keys":\#(keys)}"#, headers: headers))
    }

    static func json(_ text: String, headers: [(String, String)] = []) -> Answer {
        .success(
            OutboundResponse(
                status: 200, headers: [("Content-Type", "application/json")] + headers.map { ($0.0, $0.1) },
                body: Array(text.utf8)))
    }

    func send(
        _ request: OutboundRequest, timeout: Duration, bodyLimit: Int
    ) async throws(OutboundError) -> OutboundResponse {
        let gate = state.withLock { state in
            state.requests.append((request, timeout, bodyLimit))
            return state.gate
        }
        await gate?.pass()
        guard !Task.isCancelled else { throw .cancelled }
        guard let answer = state.withLock({ $0.answers[request.url] }) else {
            return OutboundResponse(status: 404, headers: [("Content-Type", "text/plain")], body: [])
        }
        return try answer.get()
    }
}

/// A key source with its provider, its clock and its reported events.
final class RemoteKeysHarness: Sendable {
    let provider = ScriptedProvider()
    let clock = ManualClock()
    let source: RemoteKeys

    init(
        _ place: KeyPlace? = nil, coolDown: Duration = .seconds(30), burst: Int = 1,
        staleness: Duration = .seconds(86_400)
    ) throws {
        let (clock, events) = (clock, EventList())
        list = events
        source = RemoteKeys(
            at: try place ?? .url(KeySetURL(ScriptedProvider.keys)), transport: provider, coolDown: coolDown,
            burst: burst, maximumStaleness: staleness,
            time: MonotonicTime(now: { clock.now }, sleep: { try await clock.sleep($0) }), random: { 0 },
            report: { events.add($0) })
    }

    private let list: EventList
    var reported: [String] { list.descriptions }

    func authenticator() -> TokenAuthenticator {
        TokenAuthenticator(issuers: [
            IssuerRules(issuer: .init(TestIssuer.name), audiences: ["shop"], keys: source)
        ])
    }

    /// Runs the source during `body`, which starts when the first fetch is over.
    func running(_ body: () async throws -> Void) async rethrows {
        let task = Task { await source.run() }
        _ = await clock.nextSleep()
        defer { task.cancel() }
        try await body()
        task.cancel()
        await task.value
    }

    /// Advances the clock and waits until the work that is due is done.
    func advance(_ duration: Duration) async {
        clock.advance(duration)
        _ = await clock.nextSleep()
    }
}

final class EventList: Sendable {
    private let list = Mutex<[String]>([])

    var descriptions: [String] { list.withLock { $0 } }

    func add(_ event: KeySourceEvent) {
        let description =
            switch event {
            case .changed(let keys, let retired, let unknownKey):
                "changed\(unknownKey ? " for an unknown key" : ""): "
                    + "\(keys.keys.count) keys, \(keys.skipped.count) skipped, \(retired) retired"
            case .renewed(let unknownKey, let recovered):
                "renewed\(unknownKey ? " for an unknown key" : "")\(recovered ? ", recovered" : "")"
            case .failed(let problem, let wait, let age):
                "failed: \(problem); again in \(wait)\(age.map { ", keys \($0) old" } ?? "")"
            case .stale(let age): "stale: \(age)"
            }
        list.withLock { $0.append(description) }
    }
}

extension TokenAuthenticator {
    /// Whether every issuer has keys.
    var isReady: Bool { issuersWithoutKeys.isEmpty }

    /// The issuers whose tokens are currently rejected with `keysUnavailable`.
    var issuersWithoutKeys: [Issuer] { keyStatus.filter { $0.status.keys == 0 }.map(\.issuer) }
}
