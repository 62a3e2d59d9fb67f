package import FoundationEssentials
private import HeapModule

/// A dictionary that holds at most `capacity` entries, each until a time of its own.
///
/// Not thread-safe: its users keep it behind a lock. When it is full, expired entries leave first and then the one
/// that would expire soonest. All operations take amortised O(log n) at most; look-ups O(1).
package struct BoundedExpiringMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        var value: Value
        var expiration: Date
        var generation: UInt64
    }

    private struct Departure: Comparable, Sendable {
        let expiration: Date
        let generation: UInt64
        let key: Key

        static func < (left: Departure, right: Departure) -> Bool { left.expiration < right.expiration }
        static func == (left: Departure, right: Departure) -> Bool { left.generation == right.generation }
    }

    package let capacity: Int
    private var entries: [Key: Entry] = [:]
    // Holds a departure for each entry, and stale ones of entries since replaced; see `trim`.
    private var departures = Heap<Departure>()
    private var generation: UInt64 = 0

    /// - Parameter capacity: at least 1.
    package init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    package var count: Int { entries.count }
    /// How many departures are kept, stale ones included: bounded by `trim`.
    var departureCount: Int { departures.count }

    /// The value of `key` unless it has expired at `now`.
    package func value(for key: Key, at now: Date) -> Value? {
        guard let entry = entries[key], now < entry.expiration else { return nil }
        return entry.value
    }

    /// Stores `value` until `expiration`, replacing what `key` held; nothing where that time has passed at `now`.
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
        departures.insert(Departure(expiration: expiration, generation: generation, key: key))
        trim()
    }

    /// Changes the value of `key` in place, leaving its time; does nothing where there is none.
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
        while let next = departures.min, next.expiration <= now {
            leave(departures.removeMin())
        }
    }

    private mutating func makeRoom(at now: Date) {
        removeExpired(at: now)
        while entries.count >= capacity, let next = departures.popMin() {
            leave(next)
        }
    }

    private mutating func leave(_ departure: Departure) {
        if entries[departure.key]?.generation == departure.generation {
            entries[departure.key] = nil
        }
    }

    /// Keeps stale departures from outgrowing the entries.
    private mutating func trim() {
        guard departures.count > 2 * entries.count + 64 else { return }
        departures = Heap(
            entries.map { Departure(expiration: $0.value.expiration, generation: $0.value.generation, key: $0.key) })
    }
}
