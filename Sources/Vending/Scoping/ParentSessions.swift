// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// The sessions that Purser keeps for grants with `handOut`, and the short credentials (children) that it makes from
/// them. The sessions' own credentials sign only the calls that make children, and no response contains them.
///
/// A session is kept for each user of each grant, and for the guests of an app. A session for one visitor is used once.
/// The cache of the sessions follows the rules of `CredentialCache`: parts of apps, single flight, refresh ahead.
package final class ParentSessions: Sendable {
    /// What a session must have left, in seconds, in addition to the lifetime of the credentials that are made from it:
    /// the call takes time, and AWS counts whole seconds.
    private static let margin = 30.0

    private let cache: CredentialCache
    private let scoping: any SessionScoping
    /// The deadline of one child, with its session.
    private let timeout: Duration
    private let now: @Sendable () -> Date
    private let time: MonotonicTime

    /// - Parameters:
    ///   - limits: as those of the cache of the children.
    ///   - grants: those without `handOut` keep no sessions.
    ///   - timeout: limit of one child, including the exchange for its session.
    ///   - refreshFailed: as for `CredentialCache`, like `executor`.
    package init(
        limits: CacheLimits, grants: [Grant], scoping: any SessionScoping, timeout: Duration,
        now: @escaping @Sendable () -> Date, time: MonotonicTime = .system,
        refreshFailed: @escaping @Sendable (CacheKey, ExchangeError) -> Void = { _, _ in },
        executor: @escaping @Sendable () -> (any TaskExecutor)? = { nil }
    ) {
        var limits = limits
        limits.minimumLives = Self.minimumLives(grants)
        // Every flight here has one in the cache of the children, which are limited by kind; here they are of one kind.
        limits.maximumFlights *= 2
        cache = CredentialCache(
            limits: limits, now: now, time: time, refreshFailed: refreshFailed, executor: executor)
        self.scoping = scoping
        self.timeout = timeout
        self.now = now
        self.time = time
    }

    /// What a session must have left, in seconds, so that credentials of this lifetime are made from it.
    package static func minimumLife(handOut seconds: Int) -> Double { Double(seconds) + margin }

    private static func minimumLives(_ grants: [Grant]) -> [SHA256Digest: Double] {
        Dictionary(
            grants.compactMap { grant in grant.handOut.map { (grant.digest, minimumLife(handOut: $0)) } },
            uniquingKeysWith: { first, _ in first })
    }

    package var count: Int { cache.count }

    /// Keeps the sessions of these grants only, after a reload.
    package func keep(only grants: [Grant]) {
        cache.keep(only: grants.filter { $0.handOut != nil }, minimumLives: Self.minimumLives(grants))
    }

    /// Removes the sessions of denied users.
    package func removeDenied(by denied: DenyList, _ pseudonyms: any Pseudonymizer) {
        cache.removeDenied(by: denied, pseudonyms)
    }

    /// Removes the sessions that were obtained with tokens which a logout ends.
    func removeEnded(by logout: LogoutRecord) { cache.removeEnded(by: logout) }

    /// Removes sessions that are too old to make credentials from.
    package func sweep(at now: Date) { cache.sweep(at: now) }

    /// Credentials for the request, made from the session of its holder. If AWS rejects the session, one more attempt
    /// uses a new one.
    /// - Parameters:
    ///   - seconds: their lifetime.
    ///   - work: the exchange for a session.
    func child(
        for request: ExchangeRequest, seconds: Int, from work: (ExchangeRequest) -> CredentialCache.Work
    ) async throws(ExchangeError) -> TemporaryCredentials {
        let began = time.now()
        let left = { [time, timeout] in timeout - (time.now() - began) }
        let parent = request.parent
        let work = work(parent)
        guard let key = parent.cacheKey else {
            return try await scope(try await work(), request, seconds, within: left()).credentials()
        }
        let session = try await session(key, by: work, within: nil)
        let outcome = await scope(session, request, seconds, within: left())
        guard case .failure(let failure) = outcome, failure.rejectsParent, cache.drop(session, of: key) else {
            return try outcome.credentials()
        }
        let renewed = try await self.session(key, by: work, within: left())
        return try await scope(renewed, request, seconds, within: left()).credentials()
    }

    /// The kept session, or a new one, for which another request may wait already.
    /// - Parameter limit: how long to wait; `nil` for the exchange's own deadline.
    private func session(
        _ key: CacheKey, by work: @escaping CredentialCache.Work, within limit: Duration?
    ) async throws(ExchangeError) -> VendedCredentials {
        switch cache.find(key, at: now(), by: { work }) {
        case .hit(let session): return session
        case .overloaded: throw ExchangeError(.unavailable, "too many exchanges are in flight", retryAfter: 1)
        case .pending(let flight):
            guard let limit else { return try await flight.value.get() }
            guard let outcome = await flight.value(within: limit, time) else {
                throw ExchangeError(.timedOut, "no time was left for another session")
            }
            return try outcome.get()
        }
    }

    private func scope(
        _ session: VendedCredentials, _ request: ExchangeRequest, _ seconds: Int, within time: Duration
    ) async -> Result<TemporaryCredentials, ScopingError> {
        let parent = session.credentials
        do throws(ScopingError) {
            let child = try await scoping.scope(parent, for: request, seconds: seconds, within: time)
            guard child.accessKeyID != parent.accessKeyID, child.expiration <= parent.expiration else {
                let detail = "GetScopedCredentials returned credentials that are not shorter than their session"
                throw ScopingError(ExchangeError(.refused, detail), rejectsParent: false)
            }
            return .success(
                TemporaryCredentials(
                    accessKeyID: child.accessKeyID, secretAccessKey: child.secretAccessKey,
                    sessionToken: child.sessionToken, expiration: child.expiration, received: child.received,
                    assumedRoleID: session.encoded.assumedRoleID, requestID: child.requestID,
                    parentAccessKeyID: parent.accessKeyID))
        } catch {
            return .failure(error)
        }
    }
}

extension Result where Success == TemporaryCredentials, Failure == ScopingError {
    fileprivate func credentials() throws(ExchangeError) -> TemporaryCredentials {
        switch self {
        case .success(let credentials): return credentials
        case .failure(let failure): throw failure.error
        }
    }
}
