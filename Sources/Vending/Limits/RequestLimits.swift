// SPDX-License-Identifier: Apache-2.0

/// The rate limits of requests. They apply to every request, answered from the cache or not.
package final class RequestLimits: Sendable {
    /// Requests a second for each client or user; 1–1,000,000.
    package struct Rates: Sendable {
        /// All requests of one client network.
        package var clients = 500
        /// Requests of one user that are authorized.
        package var users = 50
        /// Requests of one client network whose token is rejected.
        package var failures = 50

        package init() {}
    }

    private let clients: TokenBuckets
    private let users: TokenBuckets
    private let failures: TokenBuckets
    private let limited: @Sendable (RateLimitError.Limit) -> Void

    /// - Parameter limited: called for each request over a limit.
    package init(
        _ rates: Rates = Rates(), clock: MonotonicTime = .system,
        limited: @escaping @Sendable (RateLimitError.Limit) -> Void = { _ in }
    ) {
        clients = TokenBuckets(rate: rates.clients, clock: clock)
        users = TokenBuckets(rate: rates.users, clock: clock)
        failures = TokenBuckets(rate: rates.failures, clock: clock)
        self.limited = limited
    }

    /// Counts a request of a client. A client without a known address is not limited.
    package func admit(_ client: ClientAddress?) -> RateLimitError? {
        client.flatMap { clients.take($0.network) }.map { refuse(.client, $0) }
    }

    /// As `admit`, for a caller that passes a rejected request on to `admit`: reports nothing.
    package func take(for client: ClientAddress?) -> Bool {
        guard let client else { return true }
        return clients.take(client.network) == nil
    }

    /// Reverts `take(for:)`.
    package func giveBack(for client: ClientAddress?) {
        if let client { clients.giveBack(client.network) }
    }

    /// Counts a request of a user. Guests are limited by their address only.
    func admit(user identity: VerifiedIdentity?) -> RateLimitError? {
        guard let identity, let wait = users.take(identity.userHash) else { return nil }
        return refuse(.user, wait)
    }

    /// As `admit`, for a caller that passes a rejected request on to `admit`: reports nothing.
    func take(for identity: VerifiedIdentity?) -> Bool {
        guard let identity else { return true }
        return users.take(identity.userHash) == nil
    }

    /// Whether `admitVerification` would admit a verification. Counts nothing.
    func mayVerify(for client: ClientAddress?) -> Bool {
        guard let client else { return true }
        return failures.wait(for: client.network) == nil
    }

    /// Whether a client may have another token verified.
    func admitVerification(for client: ClientAddress?) -> RateLimitError? {
        client.flatMap { failures.wait(for: $0.network) }.map { refuse(.failure, $0) }
    }

    /// Counts a rejected token.
    func verificationFailed(for client: ClientAddress?) {
        if let client { failures.charge(client.network) }
    }

    /// Clients and users whose next request would be over the limit, for each limit. Looks at all buckets.
    package var exhausted: [(limit: RateLimitError.Limit, count: Int)] {
        [(.client, clients.exhausted), (.user, users.exhausted), (.failure, failures.exhausted)]
    }

    private func refuse(_ limit: RateLimitError.Limit, _ wait: Duration) -> RateLimitError {
        limited(limit)
        return RateLimitError(limit, wait)
    }

}

/// A request over a rate limit.
package struct RateLimitError: Error, Sendable {
    package enum Limit: String, CaseIterable, Sendable {
        case client
        case user
        /// Failed authentications.
        case failure
    }

    package let limit: Limit
    /// Seconds until another request can succeed, at least 1.
    package let retryAfter: Int

    init(_ limit: Limit, _ wait: Duration) {
        self.limit = limit
        retryAfter = max(1, Int((wait / .seconds(1)).rounded(.up)))
    }
}
