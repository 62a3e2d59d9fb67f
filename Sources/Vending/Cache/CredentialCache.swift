// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
private import Synchronization

/// Credentials by user and grant, with at most one exchange in flight for each (single flight). Apps share the capacity
/// as `AppExpiringMap` describes, and the flights as `FlightLimits` describes.
///
/// A look-up takes one short lock and never suspends. A flight is an unstructured task that its callers observe, so it
/// outlives the caller that started it. Its callers get its error; the cache does not keep errors.
///
/// The cache measures the lifetime of credentials from their receipt, by the wall clock and by the monotonic clock. It
/// ends when either clock reaches the end: the wall clock may be set back, and the monotonic clock stands still while
/// the machine is paused.
package final class CredentialCache: Sendable {
    package typealias Outcome = Result<VendedCredentials, ExchangeError>
    package typealias Work = @Sendable () async throws(ExchangeError) -> VendedCredentials

    package enum Found: Sendable {
        case hit(VendedCredentials)
        /// An exchange is in flight, started for this call or an earlier one.
        case pending(Task<Outcome, Never>)
        /// Too many exchanges are in flight.
        case overloaded
    }

    private struct Entry {
        let vended: VendedCredentials
        /// In nanoseconds of the monotonic time, like the two below.
        let end: Int64
        let received: Int64
        var refreshFrom: Int64
    }

    private struct Shard {
        var entries: AppExpiringMap<Entry>
        var flights = SingleFlight<CacheKey, Outcome>()
    }

    private final class LockedShard: Sendable {
        let state: Mutex<Shard>
        init(capacity: Int) { state = Mutex(Shard(entries: AppExpiringMap(capacity: capacity))) }
    }

    /// What the cache did, by app.
    package let usages: CacheUsages
    /// A reload changes only the minimum lives.
    private let limits: Mutex<CacheLimits>
    private let shards: [LockedShard]
    /// Locked after a shard, never before.
    private let flights: Mutex<FlightCounts>
    private let now: @Sendable () -> Date
    private let time: MonotonicTime
    private let executor: @Sendable () -> (any TaskExecutor)?
    private let refreshFailed: @Sendable (CacheKey, ExchangeError) -> Void

    /// - Parameters:
    ///   - now: wall-clock time.
    ///   - refreshFailed: called for each background refresh that fails, because no caller sees its error.
    ///   - executor: of the thread that starts a flight, which runs the flight too; `nil` for the global one.
    package init(
        limits: CacheLimits, usages: CacheUsages = CacheUsages(), now: @escaping @Sendable () -> Date,
        time: MonotonicTime = .system,
        refreshFailed: @escaping @Sendable (CacheKey, ExchangeError) -> Void = { _, _ in },
        executor: @escaping @Sendable () -> (any TaskExecutor)? = { nil }
    ) {
        self.limits = Mutex(limits)
        self.usages = usages
        self.now = now
        self.time = time
        self.executor = executor
        self.refreshFailed = refreshFailed
        flights = Mutex(FlightCounts(limits: FlightLimits(maximum: limits.maximumFlights)))
        let (share, rest) = limits.capacity.quotientAndRemainder(dividingBy: limits.shards)
        shards = (0..<limits.shards).map { LockedShard(capacity: $0 < rest ? share + 1 : share) }
    }

    /// Credentials with at least the minimum lifetime left at `now`, or `nil`. If they are due for a refresh, starts
    /// one in the background with `work`.
    package func recall(_ key: CacheKey, at now: Date, refresh work: () -> Work) -> VendedCredentials? {
        shard(of: key).state.withLock { shard in cached(key, at: now, refresh: work, in: &shard) }
    }

    /// The cached credentials, or the flight that gets them, started with `work` if there is none.
    package func find(_ key: CacheKey, at now: Date, by work: () -> Work) -> Found {
        shard(of: key).state.withLock { shard in
            if let vended = cached(key, at: now, refresh: work, in: &shard) { return .hit(vended) }
            if let flight = shard.flights[key] {
                usages.usage(of: key.app).count(.joined)
                return .pending(flight)
            }
            guard let flight = launch(key, work(), ahead: false, in: &shard) else { return .overloaded }
            usages.usage(of: key.app).count(.miss)
            return .pending(flight)
        }
    }

    /// Starts work for one caller, whose outcome is neither shared nor cached; `nil` if too many exchanges are in
    /// flight.
    package func runUncached(_ work: @escaping Work, for request: ExchangeRequest) -> Task<Outcome, Never>? {
        let flight = FlightCounts.Flight(uncached: request)
        guard begin(flight) else { return nil }
        return Task(executorPreference: executor()) { [self] () -> Outcome in
            let outcome = await attempt(work, request.grant.digest)
            end(flight)
            return outcome
        }
    }

    /// Removes credentials that AWS rejects, unless the cache has already replaced them.
    /// - Returns: whether a retry with new credentials makes sense. It does not if these are new: AWS would probably
    ///   reject the next ones too.
    func drop(_ vended: VendedCredentials, of key: CacheKey) -> Bool {
        let (now, moment) = (now(), time.nanoseconds())
        return shard(of: key).state.withLock { shard in
            guard let entry = shard.entries.value(for: key, at: now), entry.vended === vended else { return true }
            guard moment - entry.received >= Self.minimumRejectedAge.inNanoseconds else { return false }
            shard.entries.remove(key)
            return true
        }
    }

    /// Removes the credentials of denied users.
    package func removeDenied(by denied: DenyList, _ pseudonyms: any Pseudonymizer) {
        for shard in shards {
            // Outside the lock, because a pseudonym is a keyed hash.
            let keys = shard.state.withLock { $0.entries.all.map(\.key) }.filter { key in
                guard case .user(let identity) = key.holder else { return false }
                return denied.denies(pseudonyms.pseudonym(identity.issuer, identity.subject))
            }
            guard !keys.isEmpty else { continue }
            shard.state.withLock { shard in
                for key in keys { shard.entries.remove(key) }
            }
        }
    }

    /// Removes the credentials that were obtained with tokens which a logout ends.
    package func removeEnded(by logout: LogoutRecord) {
        for shard in shards {
            shard.state.withLock { shard in
                shard.entries.removeAll { key, _ in key.session.map(logout.ends) ?? false }
            }
        }
    }

    /// Keeps the credentials of these grants only, after a reload.
    /// - Parameter lives: minimum remaining lifetimes, as in `CacheLimits`.
    package func keep(only grants: [Grant], minimumLives lives: [SHA256Digest: Double]) {
        // The grants that are gone may have exchanges in flight.
        limits.withLock { $0.minimumLives.merge(lives) { _, new in new } }
        let digests = Set(grants.map(\.digest))
        for shard in shards {
            shard.state.withLock { shard in
                shard.entries.removeAll { key, _ in !digests.contains(key.grant.digest) }
            }
        }
    }

    /// Removes expired credentials.
    package func sweep(at now: Date) {
        for shard in shards {
            shard.state.withLock { $0.entries.removeExpired(at: now) }
        }
    }

    package var exchangesInFlight: Int { flights.withLock { $0.all } }

    package var count: Int {
        shards.reduce(0) { sum, shard in sum + shard.state.withLock { $0.entries.count } }
    }

    /// Entries of each app that has any, and entries that were evicted before their end to make room, since the start.
    package var occupancy: [AppName: (entries: Int, evictions: Int)] {
        var sum: [AppName: (entries: Int, evictions: Int)] = [:]
        for shard in shards {
            let (entries, evictions) = shard.state.withLock { ($0.entries.counts, $0.entries.evictions) }
            for (app, count) in entries { sum[app, default: (0, 0)].entries += count }
            for (app, count) in evictions { sum[app, default: (0, 0)].evictions += count }
        }
        return sum
    }

    private func shard(of key: CacheKey) -> LockedShard {
        shards[Int(UInt(bitPattern: key.hash) % UInt(shards.count))]
    }

    private func cached(_ key: CacheKey, at now: Date, refresh work: () -> Work, in shard: inout Shard)
        -> VendedCredentials?
    {
        guard let entry = shard.entries.value(for: key, at: now) else { return nil }
        let moment = time.nanoseconds()
        guard moment < entry.end else { return nil }
        if moment >= entry.refreshFrom, shard.flights[key] == nil {
            _ = launch(key, work(), ahead: true, in: &shard)
        }
        return entry.vended
    }

    private func launch(
        _ key: CacheKey, _ work: @escaping Work, ahead: Bool, in shard: inout Shard
    ) -> Task<Outcome, Never>? {
        guard begin(FlightCounts.Flight(for: key), ahead: ahead) else { return nil }
        return shard.flights.join(key, on: executor()) { [self] in
            let started = time.now()
            let outcome = await attempt(work, key.grant.digest)
            settle(key, outcome, started: started)
            if ahead {
                if case .failure(let failure) = outcome { refreshFailed(key, failure) }
                usages.usage(of: key.app).count((try? outcome.get()) == nil ? .refreshFailed : .refreshed)
            }
            return outcome
        }
    }

    private func begin(_ flight: FlightCounts.Flight, ahead: Bool = false) -> Bool {
        flights.withLock { $0.begin(flight, ahead: ahead) }
    }

    private func end(_ flight: FlightCounts.Flight) {
        flights.withLock { $0.end(flight) }
    }

    private func attempt(_ work: Work, _ grant: SHA256Digest) async -> Outcome {
        do throws(ExchangeError) {
            return .success(try check(await work(), grant))
        } catch {
            return .failure(error)
        }
    }

    private func check(_ vended: VendedCredentials, _ grant: SHA256Digest) throws(ExchangeError) -> VendedCredentials {
        let (life, minimum) = (vended.life(at: now()), limits.withLock { $0.minimumLife(of: grant) })
        guard life > minimum else {
            throw ExchangeError(
                .refused, "credentials are valid for \(Int(life)) s; expected more than \(Int(minimum)) s")
        }
        return vended
    }

    private func settle(_ key: CacheKey, _ outcome: Outcome, started: Duration) {
        end(FlightCounts.Flight(for: key))
        let (now, moment) = (now(), time.now())
        let limits = limits.withLock { $0 }
        shard(of: key).state.withLock { shard in
            shard.flights.land(key)
            switch outcome {
            case .success(let vended):
                let life = vended.life(at: now)
                let minimum = limits.minimumLife(of: key.grant.digest)
                let usable = life - minimum
                let age = limits.refreshAge(
                    lifetime: life + (moment - started) / .seconds(1), minimumLife: minimum)
                let entry = Entry(
                    vended: vended, end: (moment + .seconds(usable)).inNanoseconds, received: moment.inNanoseconds,
                    refreshFrom: (started + .seconds(age)).inNanoseconds)
                shard.entries.insert(entry, for: key, expiring: now.addingTimeInterval(usable), now: now)
            case .failure(let failure) where failure.kind == .refused:
                // AWS no longer allows the session, so the cached credentials must not be returned either.
                shard.entries.remove(key)
            case .failure:
                shard.entries.update(key) { $0.refreshFrom = (moment + Self.refreshPause).inNanoseconds }
            }
        }
    }

    /// Time between a background refresh that failed and the next one.
    private static let refreshPause = Duration.seconds(15)
    /// Minimum age of credentials that `drop` removes.
    private static let minimumRejectedAge = Duration.seconds(5)
}

extension VendedCredentials {
    /// Remaining lifetime in seconds, for credentials received at `now`.
    fileprivate func life(at now: Date) -> Double { expiration.timeIntervalSince(received ?? now) }
}
