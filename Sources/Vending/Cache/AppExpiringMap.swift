// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
private import HeapModule

/// A dictionary of at most `capacity` entries, each with its own expiration, of which every app has a part: the
/// capacity divided by the apps that have entries.
///
/// When it is full, it evicts expired entries first. After that, an app that has its part evicts its own entry that
/// would expire soonest, and an app that has less evicts that of the app with the most entries. So no app evicts
/// entries of another that stays within its part.
///
/// Not thread-safe: its owner keeps it behind a lock. Look-ups take O(1). Other operations take amortised O(log n), and
/// insertions into a full map also O(apps).
struct AppExpiringMap<Value: Sendable>: Sendable {
    private struct Entry {
        var value: Value
        var expiration: Date
        var generation: UInt64
    }

    private struct Deadline: Comparable, Sendable {
        let expiration: Date
        let generation: UInt64
        let key: CacheKey

        static func < (left: Deadline, right: Deadline) -> Bool { left.expiration < right.expiration }
        static func == (left: Deadline, right: Deadline) -> Bool { left.generation == right.generation }
    }

    /// The entries of one app.
    private struct Part {
        var count = 0
        // Holds a deadline for each entry, and stale ones of entries that were replaced or removed; see `trim`.
        var deadlines = Heap<Deadline>()
    }

    let capacity: Int
    private var entries: [CacheKey: Entry] = [:]
    /// The apps with entries.
    private var parts: [AppName: Part] = [:]
    private var generation: UInt64 = 0

    /// - Parameter capacity: at least 1.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { entries.count }
    /// Number of deadlines in the heaps, stale ones included: bounded by `trim`.
    var deadlineCount: Int { parts.values.reduce(0) { $0 + $1.deadlines.count } }

    /// The value of `key` unless it has expired at `now`.
    func value(for key: CacheKey, at now: Date) -> Value? {
        guard let entry = entries[key], now < entry.expiration else { return nil }
        return entry.value
    }

    /// Stores `value` until `expiration` and replaces the value of `key`. If that time has passed at `now`, only
    /// removes the value of `key`.
    mutating func insert(_ value: Value, for key: CacheKey, expiring expiration: Date, now: Date) {
        guard now < expiration else { return remove(key) }
        let isNew = entries[key] == nil
        if isNew, entries.count >= capacity { makeRoom(for: key.app, at: now) }
        generation += 1
        entries[key] = Entry(value: value, expiration: expiration, generation: generation)
        parts[key.app, default: Part()].deadlines.insert(
            Deadline(expiration: expiration, generation: generation, key: key))
        if isNew { parts[key.app]?.count += 1 }
        trim(key.app)
    }

    /// Changes the value of `key` in place and keeps its expiration. Does nothing if `key` has no value.
    mutating func update(_ key: CacheKey, _ change: (inout Value) -> Void) {
        guard entries[key] != nil else { return }
        change(&entries[key]!.value)
    }

    mutating func remove(_ key: CacheKey) {
        guard entries.removeValue(forKey: key) != nil else { return }
        parts[key.app]?.count -= 1
        trim(key.app)
    }

    mutating func removeAll(where matches: (CacheKey, Value) -> Bool) {
        for (key, entry) in entries where matches(key, entry.value) { remove(key) }
    }

    mutating func removeExpired(at now: Date) {
        for app in Array(parts.keys) {
            while let next = parts[app]?.deadlines.min, next.expiration <= now { _ = evictNext(of: app) }
            trim(app)
        }
    }

    private mutating func makeRoom(for app: AppName, at now: Date) {
        removeExpired(at: now)
        while entries.count >= capacity {
            let victim = hasPart(app) ? app : largest()
            guard let victim else { return }
            while let evicted = evictNext(of: victim), !evicted {}
            trim(victim)
        }
    }

    /// Whether the app, which is about to get another entry, has at least its part.
    private func hasPart(_ app: AppName) -> Bool {
        let count = parts[app]?.count ?? 0
        return count > 0 && count >= capacity / parts.count
    }

    /// The app with the most entries; of several, the one with the entry that expires soonest.
    private func largest() -> AppName? {
        parts.max { one, other in
            guard one.value.count == other.value.count else { return one.value.count < other.value.count }
            guard let first = one.value.deadlines.min, let second = other.value.deadlines.min else { return false }
            return second < first
        }?.key
    }

    /// Removes the app's next deadline, and its entry unless the deadline is stale.
    /// - Returns: whether an entry was removed; `nil` if the app has no deadlines.
    private mutating func evictNext(of app: AppName) -> Bool? {
        guard let next = parts[app]?.deadlines.popMin() else { return nil }
        guard entries[next.key]?.generation == next.generation else { return false }
        entries[next.key] = nil
        parts[app]?.count -= 1
        return true
    }

    /// Bounds the number of stale deadlines by that of the app's entries, and removes an app without entries.
    private mutating func trim(_ app: AppName) {
        guard let part = parts[app] else { return }
        if part.count == 0 {
            parts[app] = nil
        } else if part.deadlines.count > 2 * part.count + 64 {
            let live = part.deadlines.unordered.filter { entries[$0.key]?.generation == $0.generation }
            parts[app]?.deadlines = Heap(live)
        }
    }
}
