// SPDX-License-Identifier: Apache-2.0

package import Outbound
private import Synchronization
package import Vending

/// The keys that a provider publishes, fetched again and again while `run` runs.
///
/// `current` never waits; only `run` and `renew` wait for the provider.
package final class RemoteKeys: KeySource {
    package static let coolDownByDefault = Duration.seconds(30)
    package static let maximumStalenessByDefault = Duration.seconds(24 * 60 * 60)

    private struct State {
        var refresh: KeyRefresh
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
    ///   - coolDown: minimum time between the starts of two fetches that tokens with unknown keys cause.
    ///   - maximumStaleness: how long keys are used after the last successful fetch.
    ///   - discovered: called with each valid discovery document.
    ///   - random: at least 0 and less than 1, for spreading fetches.
    package init(
        at place: KeyPlace, transport: any OutboundTransport, coolDown: Duration = coolDownByDefault,
        maximumStaleness: Duration = maximumStalenessByDefault, time: MonotonicTime = .system,
        discovered: @escaping @Sendable (DiscoveryDocument) -> Void = { _ in },
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
        report: @escaping @Sendable (KeySourceEvent) -> Void
    ) {
        fetcher = KeyFetcher(place, transport: transport, time: time, discovered: discovered)
        self.time = time
        self.random = random
        self.report = report
        let limits = KeyRefresh.Limits(coolDown: coolDown, maximumStaleness: maximumStaleness)
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
            if let flight = state.flights[.only] { return Optional(flight) }
            guard state.refresh.allows(at: time.now()) else {
                state.pause?.cancel()
                return nil
            }
            return begin(&state, forUnknownKey: true)
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
            guard state.refresh.next > now else { return begin(&state, forUnknownKey: false) }
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

    /// Starts an unstructured task, so that one waiter's cancellation does not cancel the fetch for the others.
    private func begin(_ state: inout State, forUnknownKey unknownKey: Bool) -> Task<Void, Never> {
        state.refresh.begin(at: time.now())
        return state.flights.join(.only) { await self.fetch(forUnknownKey: unknownKey) }
    }

    private func fetch(forUnknownKey unknownKey: Bool) async {
        do throws(KeyFetchError) {
            let fetched = try await fetcher.fetch()
            let event = state.withLock { state in
                let recovered = state.refresh.failures > 0
                let wait = FetchSchedule.spread(fetched.lifetime, random: random())
                state.refresh.succeed(at: time.now(), wait: wait)
                state.flights.land(.only)
                return ring.replace(with: fetched.keys).map { retired in
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
