// SPDX-License-Identifier: Apache-2.0

/// How many exchanges may be in flight: for all apps, and for each app and audience, so that none can use up the
/// flights of the others.
struct FlightLimits {
    /// All flights.
    let all: Int
    /// All flights of guests, and those whose outcome is not cached.
    let lesser: Int

    init(maximum: Int) {
        all = maximum
        lesser = max(1, maximum / 4)
    }

    /// The flights of one line.
    func line(_ kind: FlightCounts.Kind) -> Int {
        switch kind {
        case .signedIn: max(1, all / 2)
        case .guests, .uncached: max(1, all / 8)
        }
    }

    /// The uncached flights of one party. Cached flights need no such limit: a user's requests share one.
    var party: Int { max(1, all / 32) }

    /// What a background refresh may use of a limit. The rest is left for requests, because a refresh can wait.
    static func refreshes(of limit: Int) -> Int { max(1, limit - limit / 4) }
}
