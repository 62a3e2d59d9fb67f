// SPDX-License-Identifier: Apache-2.0

import Observability

extension MetricFamily {
    /// Lines of the log and of the audit trail that could not be written.
    static func lostLines(log: LogSink, _ audit: AuditLog) -> MetricFamily {
        MetricFamily(
            "purser_log_lines_lost_total", .counter,
            help: "Lines of the log and of the audit trail that were lost, by cause: a full buffer or a write error."
        ) {
            let (ofLog, ofAudit) = (log.lostLines, audit.lostLines)
            return [
                ("log", "full", ofLog.full.log), ("log", "error", ofLog.failed.log),
                ("audit", "full", ofAudit.full), ("audit", "error", ofAudit.failed),
            ].map { sink, cause, count in Sample([("sink", sink), ("cause", cause)], Double(count)) }
        }
    }
}
