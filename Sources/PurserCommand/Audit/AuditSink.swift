// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Foundation
import Glibc
import Observability

/// The destination of audit lines. An audit file stays open for the lifetime of this value.
struct AuditSink {
    let sink: LogSink?
    private let file: FileHandle?

    /// - Parameter log: the sink of standard error.
    init(_ settings: AuditSettings, log: LogSink) throws(CommandError) {
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
            sink = LogSink(descriptor: descriptor)
        }
    }

    func start() {
        if file != nil { sink?.start() }
    }

    func close() {
        if file != nil { sink?.close() }
    }
}
