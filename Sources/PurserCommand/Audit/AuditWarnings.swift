// SPDX-License-Identifier: Apache-2.0

import Logging
import Observability
import Synchronization
import Vending

/// Logs that audit lines cannot be written, at most once a minute for each cause, and that writing works again.
final class AuditWarnings: Sendable {
    private struct State {
        var lost = 0
        var lostWarned: Duration?
        var stalledWarned: Duration?
    }

    private static let pause = Duration.seconds(60)

    private let logger: Logger
    private let time: MonotonicTime
    private let state = Mutex(State())

    init(logger: Logger, time: MonotonicTime = .system) {
        self.logger = logger
        self.time = time
    }

    func report(_ event: LogSink.Event) {
        let now = time.now()
        switch event {
        case .lost(let lines, let error):
            let lost = state.withLock { state -> Int? in
                state.lost += lines
                guard Self.isDue(&state.lostWarned, at: now) else { return nil }
                return state.lost
            }
            guard let lost else { return }
            logger.warning("audit lines lost", metadata: ["count": .stringConvertible(lost), "detail": "\(error)"])
        case .stalled:
            guard state.withLock({ Self.isDue(&$0.stalledWarned, at: now) }) else { return }
            logger.warning("audit writes stalled", metadata: ["detail": "\(LogWriteError.timedOut)"])
        case .recovered:
            let lost = state.withLock { state in
                // The next failure is a new one.
                defer { state = State() }
                return state.lost
            }
            logger.info("audit writes again", metadata: ["lost": .stringConvertible(lost)])
        }
    }

    private static func isDue(_ last: inout Duration?, at now: Duration) -> Bool {
        if let last, now - last < pause { return false }
        last = now
        return true
    }
}
