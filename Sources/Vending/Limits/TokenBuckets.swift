// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// A token bucket for each key, in a table of fixed size: `rate` tokens a second, and room for those of five seconds.
///
/// A bucket is one number, the time at which it will be full again (the generic cell rate algorithm, ITU-T I.371), so
/// that a bucket that is full needs no entry. When the entries that a new key may use are all in use, it replaces the
/// one that will be full soonest, which loses least. Keys are kept as hashes with a seed of the process, so that nobody
/// can choose keys that collide.
package final class TokenBuckets: Sendable {
    private struct Entry {
        var key: UInt64 = 0
        /// When the bucket is full, in nanoseconds of the clock. An entry whose time has passed is free.
        var full: Int64 = 0
    }

    private final class Part: Sendable {
        let entries: Mutex<[Entry]>
        init(count: Int) { entries = Mutex(Array(repeating: Entry(), count: count)) }
    }

    /// Capacity of a bucket in seconds of its rate.
    private static let burst: Int64 = 5 * nanoseconds
    private static let nanoseconds: Int64 = 1_000_000_000
    /// Entries that a key may use.
    private static let ways = 8
    private static let partCount = 16

    /// Time for one token, in nanoseconds.
    private let interval: Int64
    private let parts: [Part]
    private let setsPerPart: UInt64
    private let clock: MonotonicTime

    /// - Parameters:
    ///   - rate: tokens a second, 1–1,000,000.
    ///   - capacity: number of buckets that are not full; at least 128. Takes 16 bytes each.
    package init(rate: Int, capacity: Int = 65_536, clock: MonotonicTime = .system) {
        interval = Self.nanoseconds / Int64(max(1, min(rate, 1_000_000)))
        setsPerPart = UInt64(max(1, capacity / (Self.partCount * Self.ways)))
        let count = Int(setsPerPart) * Self.ways
        parts = (0..<Self.partCount).map { _ in Part(count: count) }
        self.clock = clock
    }

    /// Takes a token.
    /// - Returns: `nil` if there was one; otherwise the time until there is one.
    package func take(_ key: some Hashable) -> Duration? {
        change(key) { full, now in
            let wait = full + interval - now - Self.burst
            guard wait <= 0 else { return .nanoseconds(wait) }
            full += interval
            return nil
        }
    }

    /// The time until there is a token; `nil` if there is one.
    package func wait(for key: some Hashable) -> Duration? {
        change(key) { full, now in
            let wait = full + interval - now - Self.burst
            return wait > 0 ? .nanoseconds(wait) : nil
        }
    }

    /// Reverts `take`.
    package func giveBack(_ key: some Hashable) {
        change(key) { full, now in full = max(full - interval, now) }
    }

    /// Takes a token for what has already happened; an empty bucket stays empty.
    package func charge(_ key: some Hashable) {
        change(key) { full, now in full = min(full + interval, now + Self.burst) }
    }

    /// The number of buckets without a token.
    var exhausted: Int {
        let end = clock.nanoseconds() + Self.burst - interval
        return parts.reduce(0) { sum, part in
            sum + part.entries.withLock { entries in entries.reduce(0) { $1.full > end ? $0 + 1 : $0 } }
        }
    }

    private func change<Value>(_ key: some Hashable, _ body: (_ full: inout Int64, _ now: Int64) -> Value) -> Value {
        let hash = UInt64(bitPattern: Int64(key.hashValue))
        let now = clock.nanoseconds()
        let part = parts[Int(hash % UInt64(Self.partCount))]
        let first = Int(hash / UInt64(Self.partCount) % setsPerPart) * Self.ways
        return part.entries.withLock { entries in
            var place = first
            for index in first..<(first + Self.ways) {
                if entries[index].key == hash {
                    place = index
                    break
                }
                if entries[index].full < entries[place].full { place = index }
            }
            var full = entries[place].key == hash ? max(entries[place].full, now) : now
            let value = body(&full, now)
            // A full bucket needs no entry, so a look-up displaces nothing.
            if full > now || entries[place].key == hash { entries[place] = Entry(key: hash, full: full) }
            return value
        }
    }
}
