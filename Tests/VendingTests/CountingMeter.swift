// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Vending

final class CountingMeter: Meter {
    private let state = Mutex(
        (verified: 0, refused: [TokenError.Reason](), forwarded: [ForwardingOutcome](), bytes: 0))

    let exchanges = Mutex<[ExchangeError.Kind?]>([])
    let lives = Mutex<[Double]>([])

    var verified: Int { state.withLock { $0.verified } }
    var refused: [TokenError.Reason] { state.withLock { $0.refused } }

    var forwarded: [ForwardingOutcome] { state.withLock { $0.forwarded } }
    var bytes: Int { state.withLock { $0.bytes } }

    func tokenVerified(in duration: Duration) { state.withLock { $0.verified += 1 } }
    func tokenRefused(_ reason: TokenError.Reason, in duration: Duration) {
        state.withLock { $0.refused.append(reason) }
    }

    func exchanged(_ error: ExchangeError.Kind?, in duration: Duration) {
        exchanges.withLock { $0.append(error) }
    }

    func returned(_ audience: Grant.Audience, life seconds: Double) {
        lives.withLock { $0.append(seconds) }
    }

    func forwarded(_ outcome: ForwardingOutcome, bytes: Int) {
        state.withLock { state in
            state.forwarded.append(outcome)
            state.bytes += bytes
        }
    }
}
