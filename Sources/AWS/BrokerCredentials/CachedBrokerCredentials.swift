package import FoundationEssentials
private import Synchronization
package import Vending

/// Keeps Purser's own credentials, and renews them ahead of their end.
///
/// One load at a time, in a task of its own that nobody's cancellation reaches. Old credentials go on being given out,
/// through failures, until they really end. A failure is remembered for a second at most, so that a storm of callers
/// is no storm of programs started or services asked.
package final class CachedBrokerCredentials: BrokerCredentialProvider {
    package typealias Load =
        @Sendable () async throws(BrokerCredentialError) -> (credentials: SigningCredentials, source: String)

    /// What happens that no caller is told.
    package enum Event: Sendable {
        /// Credentials came, from another source than before or for the first time.
        case source(String)
        /// They were to be renewed ahead, and were not.
        case renewalFailed(BrokerCredentialError)
    }

    private typealias Outcome = Result<SigningCredentials, BrokerCredentialError>

    private struct Waiter {
        let continuation: CheckedContinuation<Outcome, Never>
        let timer: Task<Void, Never>
    }

    private struct State {
        var held: (credentials: SigningCredentials, window: RefreshWindow)?
        var source: String?
        var flights = SingleFlight<SoleKey, Void>()
        var failed: Failed?
        var waiters: [Int: Waiter] = [:]
        var number = 0
    }

    /// The last load, where it failed. Nobody tries again within the pause.
    private struct Failed {
        let problem: BrokerCredentialError
        let at: Date
        /// Seconds: 15 between renewals ahead, 1 where nothing old is left.
        let pause: Double

        /// Over as well where the clock was set back.
        func isRecent(_ now: Date) -> Bool { (0..<pause).contains(now.timeIntervalSince(at)) }
    }

    private let patience: Duration
    private let now: @Sendable () -> Date
    private let sleep: @Sendable (Duration) async throws -> Void
    private let report: @Sendable (Event) -> Void
    private let load: Load
    private let state = Mutex(State())

    /// - Parameters:
    ///   - patience: how long a caller waits for credentials that are still to come.
    ///   - now: wall-clock time, against which expirations are held.
    package init(
        patience: Duration, now: @escaping @Sendable () -> Date = { Date() },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        report: @escaping @Sendable (Event) -> Void = { _ in }, load: @escaping Load
    ) {
        self.patience = patience
        self.now = now
        self.sleep = sleep
        self.report = report
        self.load = load
    }

    package func credentials() async throws(ExchangeError) -> SigningCredentials {
        if let held = recall() { return held }
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { wait(number, $0) }
        } onCancel: {
            giveUp(number, "cancelled while waiting for them")
        }
        do throws(BrokerCredentialError) {
            return try outcome.get()
        } catch {
            throw error.exchangeError
        }
    }

    package func invalidate(_ credentials: SigningCredentials) -> Bool {
        state.withLock { state in
            // Others may be here by now, which nobody has complained about.
            if let held = state.held?.credentials, held.accessKeyID == credentials.accessKeyID,
                held.sessionToken == credentials.sessionToken, held.secretAccessKey == credentials.secretAccessKey
            {
                state.held = nil
                state.failed = nil
            }
        }
        return true
    }

    /// What can be given out without waiting. Renews it in the background where it is due.
    private func recall() -> SigningCredentials? {
        let now = now()
        return state.withLock { state in
            guard let (credentials, window) = state.held, now < window.end else { return nil }
            if now < window.background || state.failed?.isRecent(now) == true { return credentials }
            guard now < window.foreground else { return nil }
            begin(&state)
            return credentials
        }
    }

    private func wait(_ number: Int, _ continuation: CheckedContinuation<Outcome, Never>) {
        let now = now()
        state.withLock { state in
            // They can have come since the caller looked.
            if let (credentials, window) = state.held, now < window.foreground {
                return continuation.resume(returning: .success(credentials))
            }
            if let failed = state.failed, failed.isRecent(now), state.flights[.only] == nil {
                let old = state.held.flatMap { now < $0.window.end ? $0.credentials : nil }
                return continuation.resume(returning: old.map { .success($0) } ?? .failure(failed.problem))
            }
            guard !Task.isCancelled else {
                return continuation.resume(returning: .failure(Self.problem("cancelled while waiting for them")))
            }
            let timer = Task {
                do {
                    try await self.sleep(self.patience)
                } catch {
                    return
                }
                self.giveUp(number, "not here within \(self.patience / .seconds(1)) s")
            }
            state.waiters[number] = Waiter(continuation: continuation, timer: timer)
            begin(&state)
        }
    }

    private func begin(_ state: inout State) {
        _ = state.flights.join(.only) {
            let outcome: Result<(credentials: SigningCredentials, source: String), BrokerCredentialError>
            let began = self.now()
            do throws(BrokerCredentialError) {
                let loaded = try await self.load()
                if let end = loaded.credentials.expiration, end <= self.now() {
                    throw Self.problem("\(loaded.source): they had expired when they came")
                }
                outcome = .success(loaded)
            } catch {
                outcome = .failure(error)
            }
            self.settle(outcome, began: began)
        }
    }

    private func settle(
        _ outcome: Result<(credentials: SigningCredentials, source: String), BrokerCredentialError>, began: Date
    ) {
        let now = now()
        let (waiters, answer, event) = state.withLock { state -> ([Waiter], Outcome, Event?) in
            state.flights.land(.only)
            defer { state.waiters = [:] }
            let waiters = Array(state.waiters.values)
            switch outcome {
            case .success(let (credentials, source)):
                state.held = (credentials, RefreshWindow(from: began, to: credentials.expiration))
                state.failed = nil
                defer { state.source = source }
                return (waiters, .success(credentials), state.source == source ? nil : .source(source))
            case .failure(let problem):
                guard let held = state.held, now < held.window.end else {
                    state.failed = Failed(problem: problem, at: now, pause: 1)
                    return (waiters, .failure(problem), nil)
                }
                state.failed = Failed(problem: problem, at: now, pause: 15)
                return (waiters, .success(held.credentials), .renewalFailed(problem))
            }
        }
        for waiter in waiters {
            waiter.timer.cancel()
            waiter.continuation.resume(returning: answer)
        }
        if let event { report(event) }
    }

    /// Ends one caller's waiting: with the old credentials where they are good yet.
    private func giveUp(_ number: Int, _ words: String) {
        let now = now()
        let (waiter, held) = state.withLock { state in
            (state.waiters.removeValue(forKey: number), state.held)
        }
        guard let waiter else { return }
        waiter.timer.cancel()
        if let held, now < held.window.end {
            waiter.continuation.resume(returning: .success(held.credentials))
        } else {
            waiter.continuation.resume(returning: .failure(Self.problem(words)))
        }
    }

    private static func problem(_ words: String) -> BrokerCredentialError { BrokerCredentialError(words) }
}
