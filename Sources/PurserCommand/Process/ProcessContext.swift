// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Logging
import Observability
import Outbound

/// What a process has once: its log on standard error, the HTTP client and the limit of file descriptors.
struct ProcessContext {
    let log: LogSink
    let logger: Logger
    let outbound: OutboundClient
    /// File descriptors that the process may have.
    let files: Int

    /// - Parameter connectionsPerHost: of the HTTP client, for the limit of file descriptors.
    init(
        log output: LogOutput = LogOutput(),
        connectionsPerHost: (_ files: Int) -> Int = { _ in OutboundClient.defaultConnectionsPerHost }
    ) {
        files = FileDescriptors.raiseLimit()
        // If the log reader closes its end, write() returns an error and the process continues.
        signal(SIGPIPE, SIG_IGN)
        // A file that reaches the process's limit of file sizes is an error of write(), too.
        signal(SIGXFSZ, SIG_IGN)
        // Their default would end the process.
        signal(SIGUSR1, SIG_IGN)
        signal(SIGUSR2, SIG_IGN)
        // A parent that ignores SIGCHLD passes that on, and the exit codes of child processes would be lost.
        signal(SIGCHLD, SIG_DFL)
        let sink = LogSink(
            descriptor: STDERR_FILENO, render: output.render(to: STDERR_FILENO, ProcessInfo.processInfo.environment))
        log = sink
        logger = Logger(label: "purser") { _ in JSONLogHandler(sink: sink, logLevel: output.level.logger) }
        outbound = OutboundClient(connectionsPerHost: connectionsPerHost(files))
    }

    func environment(_ additional: [String: String] = [:]) -> Environment {
        Environment(
            variables: ProcessInfo.processInfo.environment.merging(additional) { _, new in new },
            transport: outbound, log: log)
    }

    func close() async {
        await outbound.shutdown()
        log.close()
    }
}
