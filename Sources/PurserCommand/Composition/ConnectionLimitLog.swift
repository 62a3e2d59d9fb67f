// SPDX-License-Identifier: Apache-2.0

import Logging
import Observability
import Service
import Synchronization
import Vending

/// Counts the connections that are closed for others, and warns about them at most once a minute for each limit.
final class ConnectionLimitLog: Sendable {
    private struct State {
        var warned: [OpenConnections.Limit: Duration] = [:]
        /// Connections closed since the last warning.
        var closed: [OpenConnections.Limit: Int] = [:]
    }

    private static let pause = Duration.seconds(60)

    private let counters: Counters<OpenConnections.Limit>
    private let logger: Logger
    private let clock: MonotonicTime
    private let state = Mutex(State())

    init(_ counters: Counters<OpenConnections.Limit>, logger: Logger, clock: MonotonicTime = .system) {
        self.counters = counters
        self.logger = logger
        self.clock = clock
    }

    func closing(_ limit: OpenConnections.Limit) {
        counters.increment(limit)
        let now = clock.now()
        let count = state.withLock { state -> Int? in
            state.closed[limit, default: 0] += 1
            if let warned = state.warned[limit], now - warned < Self.pause { return nil }
            state.warned[limit] = now
            return state.closed.removeValue(forKey: limit)
        }
        guard let count else { return }
        let setting = limit == .listener ? "limits.connections" : "limits.client-connections"
        logger.warning(
            "connection limit reached",
            metadata: [
                "setting": "\(setting)", "closed": .stringConvertible(count), "detail": "\(Self.details[limit] ?? "")",
            ])
    }

    private static let details: [OpenConnections.Limit: String] = [
        .listener: "connections that were idle longest were closed for new ones",
        .client: "one client's connections were closed, those that were idle longest first",
    ]
}

extension OpenConnections.Limit: CounterLabels {
    package var labels: [(name: String, value: String)] { [("limit", rawValue)] }
}
