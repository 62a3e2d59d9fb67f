// SPDX-License-Identifier: Apache-2.0

private import NIOCore
private import NIOPosix
package import Observability
package import ServiceLifecycle
private import Synchronization

/// Measures how late the event loops run what is due: four times a second on each loop, until shutdown. A loop that is
/// late answers its connections late by as much.
package struct EventLoopLag: ServiceLifecycle.Service {
    private static let interval = TimeAmount.milliseconds(250)

    private let lag: Histogram

    package init(_ lag: Histogram) {
        self.lag = lag
    }

    package func run() async throws {
        let probes = MultiThreadedEventLoopGroup.singleton.makeIterator().map { loop in
            let due = Atomic64()
            due.value.store((NIODeadline.now() + Self.interval).uptimeNanoseconds, ordering: .relaxed)
            return loop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { [lag] _ in
                let now = NIODeadline.now()
                let late = now.uptimeNanoseconds.subtractingReportingOverflow(due.value.load(ordering: .relaxed))
                lag.observe(units: late.overflow ? 0 : Int(clamping: late.partialValue))
                due.value.store((now + Self.interval).uptimeNanoseconds, ordering: .relaxed)
            }
        }
        try? await gracefulShutdown()
        for probe in probes { probe.cancel() }
    }

    private final class Atomic64: Sendable {
        let value = Atomic<UInt64>(0)
    }
}
