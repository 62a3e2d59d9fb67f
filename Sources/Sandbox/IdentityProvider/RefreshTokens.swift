private import Cryptography
import Synchronization

/// Who may have a new id token without the password (RFC 6749 §6). Each token is good once; the oldest ones leave.
final class RefreshTokens: Sendable {
    struct SignIn: Equatable, Sendable {
        let user: String
        /// `auth_time`: a refreshed token keeps that of the sign-in (OpenID Connect Core 1.0 §12.2).
        let time: Int
    }

    private struct State {
        var signIns: [String: SignIn] = [:]
        var order: [String] = []
    }

    private let capacity: Int
    private let random: RandomBytes
    private let state = Mutex(State())

    init(capacity: Int = 1_000, random: @escaping RandomBytes) {
        self.capacity = max(1, capacity)
        self.random = random
    }

    func issue(for signIn: SignIn) -> String {
        let token = Base64URL.encode(random(32))
        state.withLock { state in
            state.signIns[token] = signIn
            state.order.append(token)
            if state.order.count > capacity { state.signIns[state.order.removeFirst()] = nil }
        }
        return token
    }

    /// - Returns: what it was issued for, the first time only.
    func redeem(_ token: String) -> SignIn? {
        state.withLock { state in
            guard let signIn = state.signIns.removeValue(forKey: token) else { return nil }
            state.order.removeAll { $0 == token }
            return signIn
        }
    }
}
