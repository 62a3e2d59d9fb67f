// SPDX-License-Identifier: Apache-2.0

private import FoundationEssentials
package import Logging

/// Writes swift-log lines as JSON objects: `time`, `level`, `message`, then the metadata, sorted by key. A number
/// in the metadata (`.stringConvertible` of an `Int` or `Double`) is a number in the line; any other value is a string.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level

    private let sink: LogSink

    package init(sink: LogSink, logLevel: Logger.Level = .info) {
        self.sink = sink
        self.logLevel = logLevel
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = JSONLine()
        line.add("time", LogTimestamp.format(Date()))
        line.add("level", event.level.rawValue)
        line.add("message", event.message.description)
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) where !Self.reserved.contains(key) {
            switch value {
            case .stringConvertible(let number as Int): line.add(dynamic: key, number: number)
            case .stringConvertible(let number as Double) where number.isFinite:
                line.add(dynamic: key, number: number)
            default: line.add(dynamic: key, value.description)
            }
        }
        sink.write(line.finished())
    }

    private static let reserved: Set<String> = ["time", "level", "message"]
}
