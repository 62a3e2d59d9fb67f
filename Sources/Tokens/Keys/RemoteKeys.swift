// SPDX-License-Identifier: Apache-2.0

package import Outbound
import StrictJSON
private import Synchronization
package import Vending

/// The keys that a provider publishes, fetched again and again while `run` runs.
///
/// `current` never waits; only `run` and `renew` wait for the provider.
package final class RemoteKeys: KeySource {
    package static let coolDownByDefault = Duration.seconds(5)
    package static let burstByDefault = 5
    package static let maximumStalenessByDefault = Duration.seconds(24 * 60 * 60)

    private struct State {
        var refresh: KeyRefresh
        var absent = AbsentKeys()
        /// The single fetch in flight.
        var flights = SingleFlight<SoleKey, Void>()
        /// The wait of `run`; cancelling it makes `run` check the schedule again.
        var pause: Task<Void, Never>?
    }

    private let ring = KeyRing()
    private let fetcher: KeyFetcher
    private let time: MonotonicTime
    private let random: @Sendable () -> Double
    private let report: @Sendable (KeySourceEvent) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - coolDown: the time after which tokens with unknown keys may cause one more fetch.
    ///   - burst: the number of fetches that they may cause at once, at least 1.
    ///   - maximumStaleness: how long keys are used after the last successful fetch.
    ///   - discovered: called with each valid discovery document.
    ///   - random: at least 0 and less than 1, for spreading fetches.
    package init(
        at place: KeyPlace, transport: any OutboundTransport, coolDown: Duration = coolDownByDefault,
        burst: Int = burstByDefault,
        maximumStaleness: Duration = maximumStalenessByDefault, time: MonotonicTime = .system,
        discovered: @escaping @Sendable (DiscoveryDocument) -> Void = { _ in },
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
        report: @escaping @Sendable (KeySourceEvent) -> Void
    ) {
        fetcher = KeyFetcher(place, transport: transport, time: time, discovered: discovered)
        self.time = time
        self.random = random
        self.report = report
        let limits = KeyRefresh.Limits(coolDown: coolDown, burst: burst, maximumStaleness: maximumStaleness)
        state = Mutex(State(refresh: KeyRefresh(limits)))
    }

    package var current: KeySet? { ring.current }

    package var status: KeySourceStatus {
        let keys = ring.current?.keys.count ?? 0
        return state.withLock { state in
            var status = KeySourceStatus()
            status.keys = keys
            status.age = state.refresh.age(at: time.now())
            status.failing = state.refresh.failures > 0
            (status.succeeded, status.failed) = state.refresh.counts
            return status
        }
    }

    package func renew() async {
        let flight = state.withLock { state in
            state.flights[.only] ?? beginIfAllowed(&state, at: time.now())
        }
        await flight?.value
    }

    package func run() async {
        while !Task.isCancelled {
            dropStale()
            let step = nextStep()
            // At the end of the service nobody needs the fetch, so cancellation ends it.
            await withTaskCancellationHandler {
                await step.value
            } onCancel: {
                step.cancel()
            }
        }
    }

    /// The fetch that is due or in flight, or the wait until the next action.
    private func nextStep() -> Task<Void, Never> {
        state.withLock { state in
            if let flight = state.flights[.only] { return flight }
            let now = time.now()
            guard state.refresh.next > now else { return begin(&state, at: now, forUnknownKey: false) }
            let wait = state.refresh.due - now
            let pause = Task { [time] () -> Void in
                // Cancellation ends the wait early: `run` then checks the schedule again.
                try? await time.sleep(wait)
            }
            state.pause = pause
            return pause
        }
    }

    private func dropStale() {
        // Under the lock, so that a concurrent successful fetch takes effect either entirely before or entirely after.
        let stale = state.withLock { state in
            let stale = state.refresh.dropStale(at: time.now())
            if stale != nil { ring.empty() }
            return stale
        }
        guard let stale else { return }
        report(.stale(age: stale))
    }

    /// A fetch that an unverified token causes, if one is allowed now. Otherwise `run` starts one as soon as it is.
    private func beginIfAllowed(_ state: inout State, at now: Duration) -> Task<Void, Never>? {
        guard state.refresh.allows(at: now) else {
            state.pause?.cancel()
            return nil
        }
        return begin(&state, at: now, forUnknownKey: true)
    }

    /// Starts an unstructured task, so that one waiter's cancellation does not cancel the fetch for the others.
    private func begin(
        _ state: inout State, at now: Duration, forUnknownKey unknownKey: Bool
    ) -> Task<Void, Never> {
        state.refresh.begin(at: now, forUnknownKey: unknownKey)
        return state.flights.join(.only) { await self.fetch(begun: now, forUnknownKey: unknownKey) }
    }

    private func fetch(begun: Duration, forUnknownKey unknownKey: Bool) async {
        do throws(KeyFetchError) {
            let fetched = try await fetcher.fetch()
            let event = state.withLock { state in
                let recovered = state.refresh.failures > 0
                let wait = FetchSchedule.spread(fetched.lifetime, random: random())
                state.refresh.succeed(at: time.now(), wait: wait)
                state.flights.land(.only)
                let previous = ring.current
                let retired = ring.replace(with: fetched.keys)
                state.absent.learn(
                    from: fetched.keys, begun: begun, changed: retired != nil, previous: previous)
                return retired.map { retired in
                    KeySourceEvent.changed(fetched.keys, retired: retired, unknownKey: unknownKey)
                } ?? .renewed(unknownKey: unknownKey, recovered: recovered)
            }
            report(event)
        } catch {
            // A cancelled fetch is not a failure of the issuer.
            guard !Task.isCancelled else { return state.withLock { $0.flights.land(.only) } }
            let (wait, age) = state.withLock { state in
                state.flights.land(.only)
                let now = time.now()
                return (state.refresh.fail(at: now), state.refresh.age(at: now))
            }
            report(.failed(error, retryIn: wait, age: age))
        }
    }
}

/// The search for the keys of tokens.
extension RemoteKeys {
    package func isAbsent(_ key: SoughtKey) -> Bool {
        if current?.skips(key) == true { return true }
        return state.withLock { $0.refresh.failures == 0 && $0.absent.knowledge(of: key, at: time.now()) == .absent }
    }

    package func search(for key: SoughtKey) async -> KeySearchResult {
        let asked = time.now()
        // The fetch in flight may have begun before the issuer published the key. Then another one follows.
        for _ in 0..<2 {
            switch state.withLock({ nextStep(&$0, for: key) }) {
            case .over(let result): return result
            case .wait(let flight, let begun):
                await flight.value
                if begun >= asked { return state.withLock { result(&$0, for: key) } }
            }
        }
        return state.withLock { result(&$0, for: key) }
    }

    private enum Step {
        case over(KeySearchResult)
        case wait(Task<Void, Never>, begun: Duration)
    }

    private func nextStep(_ state: inout State, for key: SoughtKey) -> Step {
        let now = time.now()
        if let current {
            // A fetch has found the key since the token was compared with the keys.
            if current.publishes(key) { return .over(.pending(retryAfter: 1)) }
            if current.skips(key) { return .over(.absent) }
        }
        state.absent.ask(for: key, at: now)
        switch state.absent.knowledge(of: key, at: now) {
        // After a failure nothing is known about keys that the issuer published in the meantime.
        case .absent where state.refresh.failures == 0: return .over(.absent)
        case .missed: return .over(result(&state, for: key))
        case .absent, .unknown: break
        }
        if let flight = state.flights[.only] { return .wait(flight, begun: state.refresh.begun) }
        guard let flight = beginIfAllowed(&state, at: now) else { return .over(result(&state, for: key)) }
        return .wait(flight, begun: now)
    }

    private func result(_ state: inout State, for key: SoughtKey) -> KeySearchResult {
        let now = time.now()
        if state.refresh.failures == 0, state.absent.knowledge(of: key, at: now) == .absent { return .absent }
        let wait = max(state.absent.wait(for: key, at: now), state.refresh.nextAllowed - now)
        return .pending(retryAfter: max(1, Int((wait / .seconds(1)).rounded(.up))))
    }
}

extension KeySet {
    fileprivate func publishes(_ key: SoughtKey) -> Bool {
        guard case .named(let keyID) = key else { return false }
        return keys.contains { $0.keyID?.isExactly(keyID) == true }
    }

    /// Whether the key is published and unusable, so that no further fetch is needed.
    fileprivate func skips(_ key: SoughtKey) -> Bool {
        guard case .named(let keyID) = key else { return false }
        return skipped.contains { $0.keyID?.isExactly(keyID) == true }
    }
}
