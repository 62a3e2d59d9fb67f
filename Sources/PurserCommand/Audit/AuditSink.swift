// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Foundation
import Glibc
import Logging
import Observability

/// The destination of audit lines. An audit file stays open for the lifetime of this value.
struct AuditSink {
    let sink: LogSink?
    private let file: FileHandle?

    /// - Parameters:
    ///   - log: the sink of standard error.
    ///   - logger: gets warnings about an audit file that cannot be written.
    init(_ settings: AuditSettings, log: LogSink, logger: Logger) throws(CommandError) {
        switch settings.sink {
        case .off: (sink, file) = (nil, nil)
        case .standardError: (sink, file) = (log, nil)
        case .file(let path):
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
            guard descriptor >= 0 else {
                throw CommandError(
                    description: "audit.to: \(path) can't be opened: \(errorText(errno)); "
                        + "expected a file that Purser may write to")
            }
            file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            let warnings = AuditWarnings(logger: logger)
            sink = LogSink(descriptor: descriptor, report: { warnings.report($0) })
        }
    }

    func start() {
        if file != nil { sink?.start() }
    }

    func close() {
        if file != nil { sink?.close() }
    }
}
