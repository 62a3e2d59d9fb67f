// SPDX-License-Identifier: Apache-2.0

import Cryptography
import FoundationEssentials
import Synchronization
import Vending

/// Caches the identities that Cognito returns, so that Purser does not create a new one for each exchange: a pool keeps
/// every identity forever, each `GetId` without a login creates another one, and an account may make 25 `GetId` calls
/// per second.
///
/// After a user is evicted, `GetId` returns the same id for their login again. The guests of an app share one identity,
/// which is never evicted.
final class CognitoIdentityCache: Sendable {
    enum Key: Hashable, Sendable {
        /// The digest of the pool, the provider's name, the issuer and the subject.
        case user(SHA256.Digest)
        case guests(pool: String, app: AppName)

        static func user(pool: String, provider: String, issuer: Issuer, subject: Subject) -> Key {
            let fields = [pool, provider, issuer.rawValue, subject.rawValue]
            return .user(SHA256.digest(LengthPrefixed.encode(fields)))
        }
    }

    /// Calls `GetId`.
    typealias Fetch = @Sendable () async -> Result<IdentityID, ExchangeError>

    private struct State {
        var users: BoundedExpiringMap<SHA256.Digest, IdentityID>
        /// At most one for each app.
        var guests: [Key: IdentityID] = [:]
        /// Calls of `GetId` in flight for guests: many visitors at once share one identity.
        var flights = SingleFlight<Key, Result<IdentityID, ExchangeError>>()
    }

    /// A user's identity is evicted this many seconds after their last exchange.
    private static let life: TimeInterval = 86_400

    private let state: Mutex<State>

    /// - Parameter users: maximum number of cached users.
    init(users: Int = 100_000) {
        state = Mutex(State(users: BoundedExpiringMap(capacity: users)))
    }

    func identity(for key: Key, at now: Date) -> IdentityID? {
        state.withLock { state in
            switch key {
            case .user(let digest): state.users.value(for: digest, at: now)
            case .guests: state.guests[key]
            }
        }
    }

    func keep(_ identity: IdentityID, for key: Key, at now: Date) {
        state.withLock { state in
            switch key {
            case .user(let digest):
                state.users.insert(identity, for: digest, expiring: now.addingTimeInterval(Self.life), now: now)
            case .guests: state.guests[key] = identity
            }
        }
    }

    /// Removes `identity`, unless another one has replaced it.
    func forget(_ identity: IdentityID, for key: Key, at now: Date) {
        state.withLock { state in
            switch key {
            case .user(let digest):
                if state.users.value(for: digest, at: now) == identity { state.users.remove(digest) }
            case .guests: if state.guests[key] == identity { state.guests[key] = nil }
            }
        }
    }

    /// Fetches and caches an identity. Guests join a call that is in flight.
    func fetchIdentity(for key: Key, at now: Date, _ fetch: @escaping Fetch) async throws(ExchangeError) -> IdentityID {
        guard case .guests = key else {
            let identity = try await fetch().get()
            keep(identity, for: key, at: now)
            return identity
        }
        let task = state.withLock { state in
            if let identity = state.guests[key] { return Task { Result<_, ExchangeError>.success(identity) } }
            return state.flights.join(key) { await self.settle(key, fetch) }
        }
        return try await task.value.get()
    }

    private func settle(_ key: Key, _ fetch: Fetch) async -> Result<IdentityID, ExchangeError> {
        let result = await fetch()
        state.withLock { state in
            state.flights.land(key)
            if case .success(let identity) = result { state.guests[key] = identity }
        }
        return result
    }
}
