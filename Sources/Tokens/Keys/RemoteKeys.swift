package import Outbound
private import Synchronization
package import Vending

/// The keys that a provider publishes, fetched again for as long as it runs.
///
/// Known keys are always there at once; whatever waits for the provider waits in `run` or in `renew`.
package final class RemoteKeys: KeySource {
    package static let coolDownByDefault = Duration.seconds(30)
    package static let maximumStalenessByDefault = Duration.seconds(24 * 60 * 60)

    private struct State {
        var refresh: KeyRefresh
        /// The one fetch under way.
        var flight: Task<Void, Never>?
        /// The wait of `run`, cancelled to end it early.
        var pause: Task<Void, Never>?
    }

    private let ring = KeyRing()
    private let fetcher: KeyFetcher
    private let time: MonotonicTime
    private let random: @Sendable () -> Double
    private let report: @Sendable (KeySourceEvent) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - coolDown: between the beginnings of two fetches that tokens with unknown keys cause.
    ///   - maximumStaleness: how long keys are used after the last time that the provider was heard of.
    ///   - random: from 0 up to 1, for spreading fetches.
    package init(
        at place: KeyPlace, transport: any OutboundTransport, coolDown: Duration = coolDownByDefault,
        maximumStaleness: Duration = maximumStalenessByDefault, time: MonotonicTime = .system,
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
        report: @escaping @Sendable (KeySourceEvent) -> Void
    ) {
        fetcher = KeyFetcher(place, transport: transport, time: time)
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
            if let flight = state.flight { return Optional(flight) }
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
            // Nobody else needs a fetch that the end of the service cuts off.
            await withTaskCancellationHandler {
                await step.value
            } onCancel: {
                step.cancel()
            }
        }
    }

    /// The fetch that is due or under way, or the wait for it.
    private func nextStep() -> Task<Void, Never> {
        state.withLock { state in
            if let flight = state.flight { return flight }
            let now = time.now()
            guard state.refresh.next > now else { return begin(&state, forUnknownKey: false) }
            let wait = state.refresh.due - now
            let pause = Task { [time] () -> Void in
                // Cancelled is as good as over: what is due is looked up anew.
                try? await time.sleep(wait)
            }
            state.pause = pause
            return pause
        }
    }

    private func dropStale() {
        // Under the lock, so that a fetch that succeeds meanwhile comes wholly before or wholly after.
        let stale = state.withLock { state in
            let stale = state.refresh.dropStale(at: time.now())
            if stale != nil { ring.empty() }
            return stale
        }
        guard let stale else { return }
        report(.stale(age: stale))
    }

    /// A task of its own: no caller's end is the others'.
    private func begin(_ state: inout State, forUnknownKey unknownKey: Bool) -> Task<Void, Never> {
        state.refresh.begin(at: time.now())
        let flight = Task { await self.fetch(forUnknownKey: unknownKey) }
        state.flight = flight
        return flight
    }

    private func fetch(forUnknownKey unknownKey: Bool) async {
        do throws(KeyFetchError) {
            let fetched = try await fetcher.fetch()
            let event = state.withLock { state in
                let recovered = state.refresh.failures > 0
                let wait = FetchSchedule.spread(fetched.lifetime, random: random())
                state.refresh.succeed(at: time.now(), wait: wait)
                state.flight = nil
                return ring.replace(with: fetched.keys).map { retired in
                    KeySourceEvent.changed(fetched.keys, retired: retired, unknownKey: unknownKey)
                } ?? .renewed(unknownKey: unknownKey, recovered: recovered)
            }
            report(event)
        } catch {
            // A fetch that was cancelled says nothing about the issuer.
            guard !Task.isCancelled else { return state.withLock { $0.flight = nil } }
            let (wait, age) = state.withLock { state in
                state.flight = nil
                let now = time.now()
                return (state.refresh.fail(at: now), state.refresh.age(at: now))
            }
            report(.failed(error, retryIn: wait, age: age))
        }
    }
}
