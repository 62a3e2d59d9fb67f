import Synchronization
import Vending

final class CountingMeter: Meter {
    private let state = Mutex((verified: 0, refused: [TokenRefusal.Reason]()))

    var verified: Int { state.withLock { $0.verified } }
    var refused: [TokenRefusal.Reason] { state.withLock { $0.refused } }

    func tokenVerified() { state.withLock { $0.verified += 1 } }
    func tokenRefused(_ reason: TokenRefusal.Reason) { state.withLock { $0.refused.append(reason) } }
}
