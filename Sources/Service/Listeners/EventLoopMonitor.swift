// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
private import NIOPosix
package import Observability
private import ServiceLifecycle
private import Synchronization

/// Runs a small task on every event loop four times a second, which shows whether the loops make progress and how late
/// they are. A loop that is late answers its connections late by as much.
package final class EventLoopMonitor: Service {
    private static let period = Duration.milliseconds(250)
    /// A loop that has not run its task for this long makes no progress: no single piece of work takes a hundredth of it.
    private static let patience = Duration.seconds(10)

    private final class Loop: Sendable {
        /// Nanoseconds of the clock.
        let last = Atomic<Int64>(0)
        let lag = Atomic<Int64>(0)
    }

    private let loops: [(loop: any EventLoop, record: Loop)]
    private let histogram: Histogram
    private let clock: @Sendable () -> Duration
    private let started = Atomic(false)

    /// - Parameters:
    ///   - lag: observes how late each task runs.
    ///   - clock: time that never moves backward.
    package convenience init(lag: Histogram, clock: @escaping @Sendable () -> Duration = EventLoopMonitor.clock) {
        self.init(Array(MultiThreadedEventLoopGroup.singleton.makeIterator()), lag: lag, clock: clock)
    }

    init(_ loops: [any EventLoop], lag: Histogram, clock: @escaping @Sendable () -> Duration) {
        histogram = lag
        self.loops = loops.map { ($0, Loop()) }
        self.clock = clock
        let now = Self.nanoseconds(clock())
        for (_, record) in self.loops { record.last.store(now, ordering: .relaxed) }
    }

    /// Whether every loop has its task.
    var hasStarted: Bool { started.load(ordering: .acquiring) }

    /// Whether every event loop has run its task lately.
    package var makesProgress: Bool { (longestWait ?? .zero) < Self.patience }

    /// How late the event loops are: the latest one; seconds.
    package var lag: Double {
        let recorded = loops.map { $0.record.lag.load(ordering: .relaxed) }.max() ?? 0
        let waiting = Self.nanoseconds((longestWait ?? .zero) - Self.period)
        return Double(max(recorded, waiting, 0)) / 1e9
    }

    /// Since the last task of the loop that is last.
    private var longestWait: Duration? {
        let now = clock()
        return loops.map { now - .nanoseconds($0.record.last.load(ordering: .relaxed)) }.max()
    }

    package func run() async throws {
        let tasks = loops.map { loop, record in
            loop.scheduleRepeatedTask(
                initialDelay: .nanoseconds(Self.nanoseconds(Self.period)),
                delay: .nanoseconds(Self.nanoseconds(Self.period))
            ) {
                [clock, histogram] _ in
                let now = Self.nanoseconds(clock())
                let last = record.last.exchange(now, ordering: .relaxed)
                let lag = max(0, now - last - Self.nanoseconds(Self.period))
                record.lag.store(lag, ordering: .relaxed)
                histogram.observe(units: Int(lag))
            }
        }
        started.store(true, ordering: .releasing)
        defer { for task in tasks { task.cancel() } }
        try await gracefulShutdown()
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    private static let origin = ContinuousClock.now

    /// The system's continuous clock.
    package static let clock: @Sendable () -> Duration = { origin.duration(to: .now) }
}
