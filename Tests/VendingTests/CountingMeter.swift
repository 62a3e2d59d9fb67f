// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Vending

final class CountingMeter: Meter {
    private let state = Mutex(
        (verified: 0, refused: [TokenError.Reason](), forwarded: [ForwardingOutcome](), bytes: 0))

    var verified: Int { state.withLock { $0.verified } }
    var refused: [TokenError.Reason] { state.withLock { $0.refused } }

    var forwarded: [ForwardingOutcome] { state.withLock { $0.forwarded } }
    var bytes: Int { state.withLock { $0.bytes } }

    func tokenVerified() { state.withLock { $0.verified += 1 } }
    func tokenRefused(_ reason: TokenError.Reason) { state.withLock { $0.refused.append(reason) } }

    func forwarded(_ outcome: ForwardingOutcome, bytes: Int) {
        state.withLock { state in
            state.forwarded.append(outcome)
            state.bytes += bytes
        }
    }
}
