// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Glibc
import Logging
import Observability
import Service

/// How the log of the process looks.
struct LogOutput {
    var level = LogSettings.Level.info
    var format = LogSettings.Format.json

    /// - Parameters:
    ///   - descriptor: where the log goes.
    ///   - variables: environment variables; `NO_COLOR`, if not empty, and `TERM=dumb` turn colours off.
    /// - Returns: `nil` for JSON.
    func render(to descriptor: Int32, _ variables: [String: String]) -> LogSink.Render? {
        guard format == .text else { return nil }
        let isColoured =
            isatty(descriptor) == 1 && (variables["NO_COLOR"] ?? "").isEmpty && variables["TERM"] != "dumb"
        let line = TextLine(isColoured: isColoured)
        return { line.render($0) }
    }
}

extension LogSettings.Level {
    var logger: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}

extension LogSettings {
    var output: LogOutput { LogOutput(level: level, format: format) }

    /// As `Service` takes them.
    var accessLines: AccessLines {
        let mode: AccessLines.Mode =
            switch access {
            case .all: .all
            case .errors: .errors
            case .sampled: .sampled
            case .off: .off
            }
        return AccessLines(
            mode, ratio: sampleRatio, logsInfo: level.logger <= .info, logsWarnings: level.logger <= .warning)
    }
}
