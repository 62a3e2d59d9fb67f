// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
private import HeapModule

/// A dictionary of at most `capacity` entries, each with its own expiration.
///
/// Not thread-safe: its owners keep it behind a lock. When it is full, it evicts expired entries first, and then the
/// entry that would expire soonest. All operations take amortised O(log n) at most; look-ups take O(1).
package struct BoundedExpiringMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        var value: Value
        var expiration: Date
        var generation: UInt64
    }

    private struct Deadline: Comparable, Sendable {
        let expiration: Date
        let generation: UInt64
        let key: Key

        static func < (left: Deadline, right: Deadline) -> Bool { left.expiration < right.expiration }
        static func == (left: Deadline, right: Deadline) -> Bool { left.generation == right.generation }
    }

    package let capacity: Int
    private var entries: [Key: Entry] = [:]
    // Holds a deadline for each entry, and stale ones of entries that were replaced or removed; see `trim`.
    private var deadlines = Heap<Deadline>()
    private var generation: UInt64 = 0

    /// - Parameter capacity: at least 1.
    package init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    package var count: Int { entries.count }
    /// Number of deadlines in the heap, stale ones included: bounded by `trim`.
    var deadlineCount: Int { deadlines.count }

    /// The value of `key` unless it has expired at `now`.
    package func value(for key: Key, at now: Date) -> Value? {
        guard let entry = entries[key], now < entry.expiration else { return nil }
        return entry.value
    }

    /// Stores `value` until `expiration` and replaces the value of `key`. If that time has passed at `now`, only
    /// removes the value of `key`.
    package mutating func insert(_ value: Value, for key: Key, expiring expiration: Date, now: Date) {
        guard now < expiration else {
            entries[key] = nil
            return
        }
        if entries[key] == nil, entries.count >= capacity {
            makeRoom(at: now)
        }
        generation += 1
        entries[key] = Entry(value: value, expiration: expiration, generation: generation)
        deadlines.insert(Deadline(expiration: expiration, generation: generation, key: key))
        trim()
    }

    /// Changes the value of `key` in place and keeps its expiration. Does nothing if `key` has no value.
    package mutating func update(_ key: Key, _ change: (inout Value) -> Void) {
        guard entries[key] != nil else { return }
        change(&entries[key]!.value)
    }

    package mutating func remove(_ key: Key) {
        entries[key] = nil
        trim()
    }

    package mutating func removeAll(where matches: (Key, Value) -> Bool) {
        entries = entries.filter { !matches($0.key, $0.value.value) }
        trim()
    }

    package mutating func removeExpired(at now: Date) {
        while let next = deadlines.min, next.expiration <= now {
            evict(deadlines.removeMin())
        }
    }

    private mutating func makeRoom(at now: Date) {
        removeExpired(at: now)
        while entries.count >= capacity, let next = deadlines.popMin() {
            evict(next)
        }
    }

    /// Removes the entry unless the deadline is stale.
    private mutating func evict(_ deadline: Deadline) {
        if entries[deadline.key]?.generation == deadline.generation {
            entries[deadline.key] = nil
        }
    }

    /// Bounds the number of stale deadlines by that of the entries.
    private mutating func trim() {
        guard deadlines.count > 2 * entries.count + 64 else { return }
        deadlines = Heap(
            entries.map { Deadline(expiration: $0.value.expiration, generation: $0.value.generation, key: $0.key) })
    }
}
