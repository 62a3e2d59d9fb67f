// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// When to renew credentials, computed from their lifetime.
struct RefreshWindow: Sendable {
    /// From this time, renewal runs in the background while the old credentials are used: 15 minutes before the end.
    let background: Date
    /// From this time, callers wait for the renewal and get the old credentials only if it fails: 10 minutes before the
    /// end.
    let foreground: Date
    let end: Date

    /// Both times are within the last quarter of the lifetime, so that short-lived credentials are used at all.
    /// - Parameter end: `nil` if no expiration is known.
    init(from start: Date, to end: Date?) {
        guard let end else {
            (background, foreground, self.end) = (.distantFuture, .distantFuture, .distantFuture)
            return
        }
        let ahead = min(900, max(0, end.timeIntervalSince(start)) / 4)
        background = end.addingTimeInterval(-ahead)
        foreground = end.addingTimeInterval(-ahead * 2 / 3)
        self.end = end
    }
}
