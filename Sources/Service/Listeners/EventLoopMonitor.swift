// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
private import NIOPosix
package import Observability
private import ServiceLifecycle
private import Synchronization
internal import Vending

/// Runs a small task on every event loop four times a second, which shows whether the loops make progress and how late
/// they are. A loop that is late answers its connections late by as much.
package final class EventLoopMonitor: Service {
    private static let period = Duration.milliseconds(250).inNanoseconds
    /// A loop that has not run its task for this long makes no progress: no single piece of work takes a hundredth of it.
    private static let patience = Duration.seconds(10).inNanoseconds

    /// In nanoseconds: the time of the last task, and how late it was.
    private final class Record: Sendable {
        let last = Atomic<Int64>(0)
        let lag = Atomic<Int64>(0)
    }

    private let loops: [(loop: any EventLoop, record: Record)]
    private let histogram: Histogram
    private let time: MonotonicTime

    /// - Parameter lag: observes how late each task runs.
    package convenience init(lag: Histogram) {
        self.init(Array(MultiThreadedEventLoopGroup.singleton.makeIterator()), lag: lag, time: .system)
    }

    init(_ loops: [any EventLoop], lag: Histogram, time: MonotonicTime) {
        histogram = lag
        self.loops = loops.map { ($0, Record()) }
        self.time = time
        let now = time.nanoseconds()
        for (_, record) in self.loops { record.last.store(now, ordering: .relaxed) }
    }

    /// Whether every event loop has run its task lately.
    package var makesProgress: Bool { longestWait < Self.patience }

    /// How late the event loops are: the latest one; seconds.
    package var lag: Double {
        let recorded = loops.map { $0.record.lag.load(ordering: .relaxed) }.max() ?? 0
        return Double(max(recorded, longestWait - Self.period, 0)) / 1e9
    }

    /// Since the last task of the loop that is last, in nanoseconds.
    private var longestWait: Int64 {
        let now = time.nanoseconds()
        return loops.map { now - $0.record.last.load(ordering: .relaxed) }.max() ?? 0
    }

    package func run() async throws {
        let tasks = start()
        defer { for task in tasks { task.cancel() } }
        try await gracefulShutdown()
    }

    func start() -> [RepeatedTask] {
        let period = TimeAmount.nanoseconds(Self.period)
        return loops.map { loop, record in
            loop.scheduleRepeatedTask(initialDelay: period, delay: period) { [time, histogram] _ in
                let now = time.nanoseconds()
                let last = record.last.exchange(now, ordering: .relaxed)
                let lag = max(0, now - last - Self.period)
                record.lag.store(lag, ordering: .relaxed)
                histogram.observe(units: Int(lag))
            }
        }
    }
}
