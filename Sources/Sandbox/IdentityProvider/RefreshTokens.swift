// SPDX-License-Identifier: Apache-2.0

private import Cryptography
import Synchronization

/// Refresh tokens and the sign-ins that they continue (RFC 6749 §6).
///
/// Each token is valid once. At capacity the store evicts the oldest token.
final class RefreshTokens: Sendable {
    struct SignIn: Equatable, Sendable {
        let user: String
        /// `auth_time`. A refreshed id token keeps the time of the sign-in (OpenID Connect Core 1.0 §12.2).
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

    /// - Returns: the sign-in that the token was issued for; `nil` if it is unknown, evicted or already redeemed.
    func redeem(_ token: String) -> SignIn? {
        state.withLock { state in
            guard let signIn = state.signIns.removeValue(forKey: token) else { return nil }
            state.order.removeAll { $0 == token }
            return signIn
        }
    }
}
