// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// Records the lines of a logger, of all levels.
final class RecordedLog: LogHandler {
    private let events = Mutex<[LogEvent]>([])

    var messages: [String] { texts { "\($0.message)" } }

    /// Level, message, and detail if there is one.
    var details: [String] {
        texts { event in
            let detail = event.metadata?["detail"].map { ": \($0)" } ?? ""
            return "\(event.level) \(event.message)\(detail)"
        }
    }

    /// Level, message and metadata, sorted by name.
    var lines: [String] {
        texts { event in
            let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return (["\(event.level)", event.message.description] + metadata).joined(separator: " ")
        }
    }

    private func texts(_ text: (LogEvent) -> String) -> [String] { events.withLock { $0 }.map(text) }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .debug }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) { events.withLock { $0.append(event) } }
}
