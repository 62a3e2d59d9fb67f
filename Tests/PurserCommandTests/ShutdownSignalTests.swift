// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Logging
import Observability
import Testing

@testable import PurserCommand

/// Each test ends a process of its own. Its signals are sent to the process, as others send them, not to a thread.
@Suite struct ShutdownSignalTests {
    @Test("a shutdown that does not end is ended at its deadline with exit code 0, even if all of its tasks are stuck")
    func deadline() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let signals = await handledSignals()
            signals.begin(within: .milliseconds(200)) {}
            // No thread is left for tasks.
            for _ in 0..<64 { Task.detached { _ = sleep(60) } }
            kill(getpid(), SIGTERM)
            sleep(60)
            exit(3)
        }
    }

    @Test("a second signal, of either kind, ends the process at once with exit code 0")
    func second() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let signals = await handledSignals()
            signals.begin(within: .seconds(3_600)) {}
            kill(getpid(), SIGTERM)
            while !signals.hasBegun { sched_yield() }
            kill(getpid(), SIGINT)
            sleep(60)
            exit(3)
        }
    }

    @Test("a signal that arrives before the services begins their shutdown")
    func early() async {
        await #expect(processExitsWith: .exitCode(7)) {
            let signals = await handledSignals()
            kill(getpid(), SIGTERM)
            while !signals.hasBegun { sched_yield() }
            signals.begin(within: .seconds(3_600)) { exit(7) }
        }
    }
}

private func handledSignals() async -> ShutdownSignals {
    let log = LogSink(descriptor: STDERR_FILENO)
    log.start()
    return await ShutdownSignals.handled(log: log, logger: Logger(label: "test") { _ in JSONLogHandler(sink: log) })
}
