// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Logging
import Observability
import Synchronization

/// SIGTERM and SIGINT: the first one begins the shutdown, a second one ends the process at once, and so does the end of
/// the time that a shutdown may take. The exit code is 0 in each case.
///
/// Signals arrive on a queue of their own, and the time runs on a thread of its own, so that nothing that the process
/// does can hold them up.
final class ShutdownSignals: Sendable {
    private struct State {
        var steps = ShutdownSteps()
        /// Time from the first signal to the end of the process.
        var limit = Duration.seconds(5)
        var start: (@Sendable () -> Void)?
        var sinks: [LogSink]
    }

    /// Time to write the last lines of each sink before the process ends.
    private static let flush = Duration.milliseconds(250)

    private let logger: Logger
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "signals")
    private let sources: Mutex<[DispatchSource]> = Mutex([])

    private init(log: LogSink, logger: Logger) {
        self.logger = logger
        state = Mutex(State(sinks: [log]))
    }

    /// Handles the signals from now on. A signal that arrives before `begin` is called takes effect then.
    static func handled(log: LogSink, logger: Logger) async -> ShutdownSignals {
        let signals = ShutdownSignals(log: log, logger: logger)
        for number in [SIGTERM, SIGINT] {
            await signals.handle(number) { signals.receive(number == SIGTERM ? "SIGTERM" : "SIGINT") }
        }
        return signals
    }

    var hasBegun: Bool { state.withLock { $0.steps.hasBegun } }

    /// Writes the lines of this sink, too, before the process ends at once.
    func flush(_ sink: LogSink) { state.withLock { $0.sinks.insert(sink, at: 0) } }

    /// - Parameters:
    ///   - limit: time from the first signal to the end of the process.
    ///   - start: begins the shutdown; called once, at the first signal.
    func begin(within limit: Duration, _ start: @escaping @Sendable () -> Void) {
        let hasBegun = state.withLock { state in
            state.limit = limit
            state.start = start
            return state.steps.hasBegun
        }
        if hasBegun { start() }
    }

    /// SIGHUP from now on: an element for each. Several at once may count as one.
    func reloads() async -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await handle(SIGHUP) { continuation.yield() }
        return stream
    }

    private func handle(_ number: Int32, _ receive: @escaping @Sendable () -> Void) async {
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue) as! DispatchSource
        source.setEventHandler { receive() }
        sources.withLock { $0.append(source) }
        await withCheckedContinuation { continuation in
            source.setRegistrationHandler { continuation.resume() }
            source.resume()
        }
    }

    private func receive(_ name: String) {
        let (step, start, limit) = state.withLock { ($0.steps.receive(), $0.start, $0.limit) }
        switch step {
        case .begin:
            logger.info(
                "shutdown began",
                metadata: ["signal": "\(name)", "limitSeconds": .stringConvertible(limit / .seconds(1))])
            let thread = Thread { [self] in
                Thread.sleep(forTimeInterval: limit / .seconds(1))
                end("shutdown forced at its deadline")
            }
            thread.name = "shutdown"
            thread.start()
            start?()
        case .end: end("shutdown forced by a second signal")
        }
    }

    private func end(_ message: Logger.Message) -> Never {
        logger.warning(message)
        for sink in state.withLock({ $0.sinks }) { sink.close(within: Self.flush) }
        _exit(0)
    }
}

/// What each signal does.
struct ShutdownSteps {
    enum Step {
        case begin
        case end
    }

    private(set) var hasBegun = false

    mutating func receive() -> Step {
        defer { hasBegun = true }
        return hasBegun ? .end : .begin
    }
}
