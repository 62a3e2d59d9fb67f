package import FoundationEssentials
private import Synchronization

/// Credentials by user and grant, with one exchange under way at most for each (single flight).
///
/// A look-up takes one short lock and never suspends. A flight is an unstructured task that its callers observe, so
/// it outlives whoever asked first; what fails is told to those who wait and not remembered.
///
/// The life of credentials is measured from when they came, by the wall clock and by the monotonic one, and ends with
/// whichever says so first: the wall clock may be set back, and the other stands still in a machine that is paused.
package final class CredentialCache: Sendable {
    package typealias Outcome = Result<VendedCredentials, ExchangeError>
    package typealias Work = @Sendable () async throws(ExchangeError) -> VendedCredentials

    package enum Found: Sendable {
        case hit(VendedCredentials)
        /// An exchange is under way, begun for this call or an earlier one.
        case pending(Task<Outcome, Never>)
        /// `CacheLimits.maximumFlights` are under way.
        case overloaded
    }

    private struct Entry {
        let vended: VendedCredentials
        /// By the monotonic clock, like the two below.
        let end: Duration
        /// When they came.
        let since: Duration
        var refreshFrom: Duration
    }

    private struct Shard {
        var entries: BoundedExpiringMap<CacheKey, Entry>
        var flights = SingleFlight<CacheKey, Outcome>()
    }

    private final class LockedShard: Sendable {
        let state: Mutex<Shard>
        init(capacity: Int) { state = Mutex(Shard(entries: BoundedExpiringMap(capacity: capacity))) }
    }

    private let limits: CacheLimits
    private let shards: [LockedShard]
    private let flying = Atomic<Int>(0)
    private let now: @Sendable () -> Date
    private let time: MonotonicTime
    private let refreshFailed: @Sendable (CacheKey, ExchangeError) -> Void

    /// - Parameters:
    ///   - now: wall-clock time.
    ///   - refreshFailed: told of each refresh ahead that failed, which no caller sees.
    package init(
        limits: CacheLimits, now: @escaping @Sendable () -> Date,
        time: MonotonicTime = .system,
        refreshFailed: @escaping @Sendable (CacheKey, ExchangeError) -> Void = { _, _ in }
    ) {
        self.limits = limits
        self.now = now
        self.time = time
        self.refreshFailed = refreshFailed
        let each = (limits.capacity + limits.shards - 1) / limits.shards
        shards = (0..<max(1, limits.shards)).map { _ in LockedShard(capacity: each) }
    }

    /// Credentials with at least the minimum life left at `now`, or `nil`. Where they are due for it, starts a
    /// refresh with `work` in the background.
    package func recall(_ key: CacheKey, at now: Date, refresh work: () -> Work) -> VendedCredentials? {
        shard(of: key).state.withLock { shard in held(key, at: now, refresh: work, in: &shard) }
    }

    /// What is known, or the flight that will know it, begun with `work` where there is none.
    package func find(_ key: CacheKey, at now: Date, by work: () -> Work) -> Found {
        shard(of: key).state.withLock { shard in
            if let vended = held(key, at: now, refresh: work, in: &shard) { return .hit(vended) }
            if let flight = shard.flights[key] { return .pending(flight) }
            return launch(key, work(), ahead: false, in: &shard).map { .pending($0) } ?? .overloaded
        }
    }

    /// Work for one caller, whose outcome nobody else is to have and nobody keeps; `nil` where too much is under way.
    package func runUncached(_ work: @escaping Work) -> Task<Outcome, Never>? {
        guard reserveFlight() else { return nil }
        return Task { () -> Outcome in
            let outcome = await attempt(work)
            flying.subtract(1, ordering: .relaxed)
            return outcome
        }
    }

    /// Lets go of credentials that AWS no longer takes, unless others have taken their place.
    /// - Returns: whether asking anew makes sense: not where they have only just come, for then the next ones would
    ///   fare no better.
    func drop(_ vended: VendedCredentials, of key: CacheKey) -> Bool {
        let (now, moment) = (now(), time.now())
        return shard(of: key).state.withLock { shard in
            guard let entry = shard.entries.value(for: key, at: now), entry.vended === vended else { return true }
            guard moment - entry.since >= Self.youth else { return false }
            shard.entries.remove(key)
            return true
        }
    }

    /// Lets go of what is kept for users whom the list has.
    package func removeDenied(by denied: DenyList) {
        for shard in shards {
            shard.state.withLock { shard in
                shard.entries.removeAll { _, entry in denied.denies(entry.vended.receipt.subject?.pseudonym) }
            }
        }
    }

    /// Lets go of what has expired.
    package func sweep(at now: Date) {
        for shard in shards {
            shard.state.withLock { $0.entries.removeExpired(at: now) }
        }
    }

    /// Exchanges that have started and not ended.
    package var exchangesInFlight: Int { flying.load(ordering: .relaxed) }

    package var count: Int {
        shards.reduce(0) { sum, shard in sum + shard.state.withLock { $0.entries.count } }
    }

    private func shard(of key: CacheKey) -> LockedShard {
        shards[Int(UInt(bitPattern: key.hashValue) % UInt(shards.count))]
    }

    private func held(_ key: CacheKey, at now: Date, refresh work: () -> Work, in shard: inout Shard)
        -> VendedCredentials?
    {
        guard let entry = shard.entries.value(for: key, at: now) else { return nil }
        let moment = time.now()
        guard moment < entry.end else { return nil }
        if moment >= entry.refreshFrom, shard.flights[key] == nil {
            _ = launch(key, work(), ahead: true, in: &shard)
        }
        return entry.vended
    }

    private func launch(
        _ key: CacheKey, _ work: @escaping Work, ahead: Bool, in shard: inout Shard
    ) -> Task<Outcome, Never>? {
        guard reserveFlight() else { return nil }
        return shard.flights.join(key) { [self] in
            let began = time.now()
            let outcome = await attempt(work)
            settle(key, outcome, began: began)
            if ahead, case .failure(let failure) = outcome { refreshFailed(key, failure) }
            return outcome
        }
    }

    private func reserveFlight() -> Bool {
        guard flying.add(1, ordering: .relaxed).newValue <= limits.maximumFlights else {
            flying.subtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    private func attempt(_ work: Work) async -> Outcome {
        do throws(ExchangeError) {
            return .success(try check(await work()))
        } catch {
            return .failure(error)
        }
    }

    private func check(_ vended: VendedCredentials) throws(ExchangeError) -> VendedCredentials {
        let life = vended.life(at: now())
        guard life > limits.minimumLife else {
            throw ExchangeError(
                .refused, "credentials live \(Int(life)) s, not more than the minimum of \(Int(limits.minimumLife)) s")
        }
        return vended
    }

    private func settle(_ key: CacheKey, _ outcome: Outcome, began: Duration) {
        flying.subtract(1, ordering: .relaxed)
        let (now, moment) = (now(), time.now())
        shard(of: key).state.withLock { shard in
            shard.flights.land(key)
            switch outcome {
            case .success(let vended):
                let life = vended.life(at: now)
                let usable = life - limits.minimumLife
                let age = limits.refreshAge(lifetime: life + (moment - began) / .seconds(1))
                let entry = Entry(
                    vended: vended, end: moment + .seconds(usable), since: moment,
                    refreshFrom: began + .seconds(age))
                shard.entries.insert(entry, for: key, expiring: now.addingTimeInterval(usable), now: now)
            case .failure(let failure) where failure.kind == .refused:
                // AWS has taken the right away: what it gave before is not to be handed out any longer.
                shard.entries.remove(key)
            case .failure:
                shard.entries.update(key) { $0.refreshFrom = moment + Self.refreshPause }
            }
        }
    }

    /// Between refreshes ahead that fail.
    private static let refreshPause = Duration.seconds(15)
    /// Before credentials may be taken for outdated.
    private static let youth = Duration.seconds(5)
}

extension VendedCredentials {
    /// Seconds, for credentials that came at `now`.
    fileprivate func life(at now: Date) -> Double { expiration.timeIntervalSince(received ?? now) }
}
