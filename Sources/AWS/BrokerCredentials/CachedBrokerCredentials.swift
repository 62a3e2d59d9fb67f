// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
private import Synchronization
package import Vending

/// Caches the broker's AWS credentials and renews them before they expire.
///
/// At most one load is in flight, in an unstructured task that no caller's cancellation cancels. While loads fail, the
/// cache returns the old credentials until they expire. Without old credentials it returns the last error for one
/// second, so that a burst of callers does not cause a burst of child processes or requests.
package final class CachedBrokerCredentials: BrokerCredentialProvider {
    package typealias Load =
        @Sendable () async throws(BrokerCredentialError) -> (credentials: SigningCredentials, source: String)

    /// Events that are logged, because no caller sees them.
    package enum Event: Sendable {
        /// Credentials were loaded for the first time, or from another source than before.
        case source(String)
        /// A renewal before the expiration failed.
        case renewalFailed(BrokerCredentialError)
    }

    /// What is known of the credentials, without a load.
    package struct Status: Sendable {
        /// Where the last ones came from; `nil` before the first load.
        package let source: String?
        /// Of the valid credentials; `nil` for those that do not expire.
        package let expiration: Date?
        package let areValid: Bool
        /// Why the last load failed; `nil` if it succeeded or there was none. For the operator: it names files and
        /// addresses, no secrets.
        package let failure: String?
    }

    private typealias Outcome = Result<SigningCredentials, BrokerCredentialError>

    private struct Waiter {
        let continuation: CheckedContinuation<Outcome, Never>
        let timer: Task<Void, Never>
    }

    private struct State {
        var cached: (credentials: SigningCredentials, window: RefreshWindow)?
        var source: String?
        var flights = SingleFlight<SoleKey, Void>()
        var failed: FailedLoad?
        var waiters: [Int: Waiter] = [:]
        var number = 0
    }

    /// The last load, if it failed. The next attempt is made after the pause.
    private struct FailedLoad {
        let error: BrokerCredentialError
        let at: Date
        /// In seconds: 15 between renewals, 1 if no valid credentials are left.
        let pause: Double

        /// Whether the pause lasts. It ends early if the clock is set back.
        func isRecent(_ now: Date) -> Bool { (0..<pause).contains(now.timeIntervalSince(at)) }
    }

    private let patience: Duration
    private let now: @Sendable () -> Date
    private let sleep: @Sendable (Duration) async throws -> Void
    private let report: @Sendable (Event) -> Void
    private let load: Load
    private let state = Mutex(State())

    /// - Parameters:
    ///   - patience: how long a caller waits for a load.
    ///   - now: wall-clock time, which expirations are compared with.
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

    package var status: Status {
        let now = now()
        return state.withLock { state in
            let valid = state.cached.flatMap { now < $0.window.end ? $0.credentials : nil }
            return Status(
                source: state.source, expiration: valid?.expiration, areValid: valid != nil,
                failure: state.failed.map { "\($0.error)" })
        }
    }

    package func credentials() async throws(ExchangeError) -> SigningCredentials {
        if let cached = recall() { return cached }
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { wait(number, $0) }
        } onCancel: {
            giveUp(number, "cancelled while waiting for credentials")
        }
        do throws(BrokerCredentialError) {
            return try outcome.get()
        } catch {
            throw error.exchangeError
        }
    }

    /// When the cached credentials end; `nil` if none are cached, or they have no end.
    package var expiration: Date? { state.withLock { $0.cached?.credentials.expiration } }

    package func invalidate(_ credentials: SigningCredentials) -> Bool {
        state.withLock { state in
            // Newer credentials may be cached by now, and those have not been rejected.
            if let cached = state.cached?.credentials, cached.accessKeyID == credentials.accessKeyID,
                cached.sessionToken == credentials.sessionToken, cached.secretAccessKey == credentials.secretAccessKey
            {
                state.cached = nil
                state.failed = nil
            }
        }
        return true
    }

    /// Credentials that a caller gets without waiting. Starts a renewal in the background if it is due.
    private func recall() -> SigningCredentials? {
        let now = now()
        return state.withLock { state in
            guard let (credentials, window) = state.cached, now < window.end else { return nil }
            if now < window.background || state.failed?.isRecent(now) == true { return credentials }
            guard now < window.foreground else { return nil }
            begin(&state)
            return credentials
        }
    }

    private func wait(_ number: Int, _ continuation: CheckedContinuation<Outcome, Never>) {
        let now = now()
        state.withLock { state in
            // A load may have finished since the caller looked.
            if let (credentials, window) = state.cached, now < window.foreground {
                return continuation.resume(returning: .success(credentials))
            }
            if let failed = state.failed, failed.isRecent(now), state.flights[.only] == nil {
                let old = state.cached.flatMap { now < $0.window.end ? $0.credentials : nil }
                return continuation.resume(returning: old.map { .success($0) } ?? .failure(failed.error))
            }
            guard !Task.isCancelled else {
                return continuation.resume(returning: .failure(Self.error("cancelled while waiting for credentials")))
            }
            let timer = Task {
                do {
                    try await self.sleep(self.patience)
                } catch {
                    return
                }
                self.giveUp(number, "not loaded within \(self.patience / .seconds(1)) s")
            }
            state.waiters[number] = Waiter(continuation: continuation, timer: timer)
            begin(&state)
        }
    }

    private func begin(_ state: inout State) {
        _ = state.flights.join(.only) {
            let outcome: Result<(credentials: SigningCredentials, source: String), BrokerCredentialError>
            let started = self.now()
            do throws(BrokerCredentialError) {
                let loaded = try await self.load()
                if let end = loaded.credentials.expiration, end <= self.now() {
                    throw Self.error("\(loaded.source): the credentials were already expired when they were loaded")
                }
                outcome = .success(loaded)
            } catch {
                outcome = .failure(error)
            }
            self.settle(outcome, started: started)
        }
    }

    private func settle(
        _ outcome: Result<(credentials: SigningCredentials, source: String), BrokerCredentialError>, started: Date
    ) {
        let now = now()
        let (waiters, result, event) = state.withLock { state -> ([Waiter], Outcome, Event?) in
            state.flights.land(.only)
            defer { state.waiters = [:] }
            let waiters = Array(state.waiters.values)
            switch outcome {
            case .success(let (credentials, source)):
                state.cached = (credentials, RefreshWindow(from: started, to: credentials.expiration))
                state.failed = nil
                defer { state.source = source }
                return (waiters, .success(credentials), state.source == source ? nil : .source(source))
            case .failure(let error):
                guard let cached = state.cached, now < cached.window.end else {
                    state.failed = FailedLoad(error: error, at: now, pause: 1)
                    return (waiters, .failure(error), nil)
                }
                state.failed = FailedLoad(error: error, at: now, pause: 15)
                return (waiters, .success(cached.credentials), .renewalFailed(error))
            }
        }
        for waiter in waiters {
            waiter.timer.cancel()
            waiter.continuation.resume(returning: result)
        }
        if let event { report(event) }
    }

    /// Ends one caller's wait: with the old credentials if they are still valid, otherwise with an error.
    private func giveUp(_ number: Int, _ detail: String) {
        let now = now()
        let (waiter, cached) = state.withLock { state in
            (state.waiters.removeValue(forKey: number), state.cached)
        }
        guard let waiter else { return }
        waiter.timer.cancel()
        if let cached, now < cached.window.end {
            waiter.continuation.resume(returning: .success(cached.credentials))
        } else {
            waiter.continuation.resume(returning: .failure(Self.error(detail)))
        }
    }

    private static func error(_ detail: String) -> BrokerCredentialError { BrokerCredentialError(detail) }
}
