// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The line that reports lost lines, at the place where they are missing.
enum LossNotice {
    /// - Returns: a whole line, its line end included.
    static func line(_ kind: LineClass, count: Int, at date: Date) -> [UInt8] {
        var line = JSONLine()
        line.add("time", LogTimestamp.format(date))
        line.add("level", "warning")
        switch kind {
        case .log:
            line.add("message", "log lines dropped")
        case .audit:
            line.add("message", "audit")
            line.add("event", "lines lost")
        case .refusal:
            line.add("message", "audit")
            line.add("event", "refusals not recorded")
        }
        line.add("count", count)
        return line.finished()
    }
}
