// SPDX-License-Identifier: Apache-2.0

import Outbound
import Synchronization

/// A transport in memory. Replies as scripted, repeats the last reply, and records the requests.
final class ScriptedTransport: OutboundTransport {
    enum Reply: Sendable {
        case answer(Int, String, headers: [(name: String, value: String)] = [], after: Duration = .zero)
        case fail(OutboundError)
        /// No response until the attempt times out.
        case silence
    }

    private let clock: ManualClock
    private let state: Mutex<(script: [Reply], requests: [OutboundRequest], timeouts: [Duration])>

    init(_ script: [Reply], clock: ManualClock = ManualClock()) {
        self.clock = clock
        state = Mutex((script, [], []))
    }

    var requests: [OutboundRequest] { state.withLock { $0.requests } }
    var timeouts: [Duration] { state.withLock { $0.timeouts } }
    var bodies: [String] { requests.map { String(decoding: $0.body, as: UTF8.self) } }

    func send(
        _ request: OutboundRequest, timeout: Duration, bodyLimit: Int
    ) async throws(OutboundError) -> OutboundResponse {
        let reply = state.withLock { state in
            state.requests.append(request)
            state.timeouts.append(timeout)
            return state.script.count > 1 ? state.script.removeFirst() : state.script[0]
        }
        switch reply {
        case .answer(let status, let body, let headers, let after):
            clock.advance(by: after)
            return OutboundResponse(status: status, headers: headers, body: Array(body.utf8))
        case .fail(let failure): throw failure
        case .silence:
            clock.advance(by: timeout)
            throw .timedOut
        }
    }
}
