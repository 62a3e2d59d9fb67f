import Cryptography
import FoundationEssentials
import Synchronization
import Vending

/// The identities that Cognito gave, so that nobody is given a new one each time: a pool keeps every identity that it
/// ever made, each `GetId` without a login makes another, and Cognito grants an account 25 of that call a second.
///
/// A user who was forgotten is told the same id again; the guests of an app, of whom there is one identity, are never
/// forgotten.
final class CognitoIdentityCache: Sendable {
    enum Key: Hashable, Sendable {
        /// Of the pool, the provider's name, the issuer and the subject.
        case user(SHA256.Digest)
        case guests(pool: String, app: AppName)

        static func user(pool: String, provider: String, issuer: Issuer, subject: Subject) -> Key {
            let fields = [pool, provider, issuer.rawValue, subject.rawValue]
            return .user(SHA256.digest(LengthPrefixed.encode(fields)))
        }
    }

    /// A call of `GetId`.
    typealias Fetch = @Sendable () async -> Result<IdentityID, ExchangeError>

    private struct State {
        var users: BoundedExpiringMap<SHA256.Digest, IdentityID>
        /// As many as there are apps.
        var guests: [Key: IdentityID] = [:]
        /// Calls of `GetId` in flight for guests: many visitors at once share one identity.
        var flights = SingleFlight<Key, Result<IdentityID, ExchangeError>>()
    }

    /// Seconds that a user is remembered after his last exchange.
    private static let life: TimeInterval = 86_400

    private let state: Mutex<State>

    /// - Parameter users: kept at most.
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

    /// Forgets `identity`, unless another has taken its place.
    func forget(_ identity: IdentityID, for key: Key, at now: Date) {
        state.withLock { state in
            switch key {
            case .user(let digest):
                if state.users.value(for: digest, at: now) == identity { state.users.remove(digest) }
            case .guests: if state.guests[key] == identity { state.guests[key] = nil }
            }
        }
    }

    /// A new identity, kept; guests join a call that is in flight.
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
