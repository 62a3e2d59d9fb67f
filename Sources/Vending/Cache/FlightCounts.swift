// SPDX-License-Identifier: Apache-2.0

/// Counts the exchanges in flight and admits new ones within `FlightLimits`. Not thread-safe.
struct FlightCounts {
    enum Kind: Hashable {
        case signedIn
        /// Cached or not.
        case guests
        /// Of signed-in users, for sessions that are not cached: narrowed ones.
        case uncached
    }

    /// What one flight counts for.
    struct Flight: Hashable {
        let app: AppName
        let kind: Kind
        /// `nil` if the outcome is cached, or the address of a guest is unknown.
        let party: CallShare?
    }

    private struct Line: Hashable {
        let app: AppName
        let kind: Kind
    }

    private let limits: FlightLimits
    private(set) var all = 0
    private var lesser = 0
    // Without entries of 0.
    private var lines: [Line: Int] = [:]
    private var parties: [CallShare: Int] = [:]

    init(limits: FlightLimits) {
        self.limits = limits
    }

    /// - Parameter ahead: for a background refresh.
    /// - Returns: whether the flight is admitted; if so, `end` must follow.
    mutating func begin(_ flight: Flight, ahead: Bool) -> Bool {
        func fits(_ count: Int, _ limit: Int) -> Bool { count < (ahead ? FlightLimits.refreshes(of: limit) : limit) }
        let line = Line(app: flight.app, kind: flight.kind)
        guard fits(all, limits.all), fits(lines[line] ?? 0, limits.line(flight.kind)),
            flight.kind == .signedIn || fits(lesser, limits.lesser)
        else { return false }
        if let party = flight.party {
            guard parties[party] ?? 0 < limits.party else { return false }
            parties[party, default: 0] += 1
        }
        all += 1
        if flight.kind != .signedIn { lesser += 1 }
        lines[line, default: 0] += 1
        return true
    }

    mutating func end(_ flight: Flight) {
        all -= 1
        if flight.kind != .signedIn { lesser -= 1 }
        Self.decrement(&lines, Line(app: flight.app, kind: flight.kind))
        if let party = flight.party { Self.decrement(&parties, party) }
    }

    private static func decrement<Key: Hashable>(_ counts: inout [Key: Int], _ key: Key) {
        let count = (counts[key] ?? 0) - 1
        counts[key] = count > 0 ? count : nil
    }
}

extension FlightCounts.Flight {
    /// A flight whose outcome is cached.
    init(for key: CacheKey) {
        self.init(app: key.app, kind: key.holder == .guests ? .guests : .signedIn, party: nil)
    }

    /// A flight whose outcome is not cached.
    init(uncached request: ExchangeRequest) {
        let isGuest = request.grant.audience == .guest
        self.init(
            app: request.grant.app, kind: isGuest ? .guests : .uncached,
            party: isGuest && request.client == nil ? nil : request.share)
    }
}
