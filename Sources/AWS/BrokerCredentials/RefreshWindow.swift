import FoundationEssentials

/// When credentials are to be renewed, from when they came and when they end.
struct RefreshWindow: Sendable {
    /// From here on in the background, while the old ones are used: 15 minutes before the end.
    let background: Date
    /// From here on whoever asks waits for new ones, and has the old ones only if none come: 10 minutes.
    let foreground: Date
    let end: Date

    /// Both are within the last quarter of the lifetime, so that short-lived credentials are used at all.
    /// - Parameter end: `nil` where nobody said that they end.
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
