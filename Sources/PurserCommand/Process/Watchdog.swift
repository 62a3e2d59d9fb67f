// SPDX-License-Identifier: Apache-2.0

import Service
import ServiceLifecycle
import Vending

/// Gives the service manager a sign of life in half of the time that it allows, while the event loops make progress.
struct Watchdog: ServiceLifecycle.Service {
    let manager: ServiceManager
    let limit: Duration
    let monitor: EventLoopMonitor
    var time = MonotonicTime.system

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if monitor.makesProgress { manager.isAlive() }
                do { try await time.sleep(limit / 2) } catch { return }
            }
        }
        // Until the process ends, the end of the shutdown bounds its time.
        manager.isAlive()
        try await gracefulShutdown()
    }
}
