// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A dictionary of at most `capacity` entries, each with its own expiration, of which every app has a part: the
/// capacity divided by the apps that have entries.
///
/// When it is full, it evicts expired entries first. After that, an app that has its part evicts its own entry that
/// would expire soonest, and an app that has less evicts that of the app with the most entries. So no app evicts
/// entries of another that stays within its part.
///
/// Entries stay where they are in one array. The table of hashes and the heaps of the apps hold their positions, so that
/// an entry is stored once. Not thread-safe: its owner keeps it behind a lock. Look-ups take O(1). Other operations take
/// O(log n), and insertions into a full map also O(apps).
struct AppExpiringMap<Value: Sendable>: Sendable {
    private typealias Position = Int32

    private struct Entry {
        let key: CacheKey
        var value: Value
        var expiration: Date
        /// The index in the heap of the key's app.
        var heapIndex: Position = 0
        /// Another entry whose key has the same hash, or -1.
        var next: Position
    }

    private static var none: Position { -1 }

    let capacity: Int
    /// `nil` for a free position.
    private var entries: [Entry?] = []
    private var free: [Position] = []
    /// The first entry of each hash.
    private var table: [Int: Position] = [:]
    /// For each app with entries, their positions as a binary heap: none expires before its parent.
    private var heaps: [AppName: [Position]] = [:]
    private(set) var count = 0
    /// Entries that were removed before their end to make room, by app, since the start.
    private(set) var evictions: [AppName: Int] = [:]

    /// - Parameter capacity: 1 to 2³¹ − 1.
    init(capacity: Int) {
        self.capacity = min(max(1, capacity), Int(Position.max))
    }

    /// Number of positions in the heaps.
    var deadlineCount: Int { heaps.values.reduce(0) { $0 + $1.count } }

    /// Entries of each app that has any.
    var counts: [AppName: Int] { heaps.mapValues(\.count) }

    /// The value of `key` unless it has expired at `now`.
    func value(for key: CacheKey, at now: Date) -> Value? {
        guard let (_, entry) = find(key), now < entry.expiration else { return nil }
        return entry.value
    }

    /// Stores `value` until `expiration` and replaces the value of `key`. If that time has passed at `now`, only
    /// removes the value of `key`.
    mutating func insert(_ value: Value, for key: CacheKey, expiring expiration: Date, now: Date) {
        // With its new key, too, so that an old identity is not kept in memory.
        remove(key)
        guard now < expiration else { return }
        if count >= capacity { makeRoom(for: key.app, at: now) }
        let entry = Entry(key: key, value: value, expiration: expiration, next: table[key.hash] ?? Self.none)
        let position: Position
        if let reused = free.popLast() {
            position = reused
            entries[Int(reused)] = entry
        } else {
            position = Position(entries.count)
            // Growing to twice the size would leave up to half of the memory unused.
            if entries.count == entries.capacity { entries.reserveCapacity(entries.count + entries.count / 8 + 16) }
            entries.append(entry)
        }
        table[key.hash] = position
        count += 1
        Self.push(position, &heaps[key.app, default: []], &entries)
    }

    /// Changes the value of `key` in place and keeps its expiration. Does nothing if `key` has no value.
    mutating func update(_ key: CacheKey, _ change: (inout Value) -> Void) {
        guard let position = position(of: key) else { return }
        change(&entries[Int(position)]!.value)
    }

    mutating func remove(_ key: CacheKey) {
        if let position = position(of: key) { removeEntry(at: position) }
    }

    mutating func removeAll(where matches: (CacheKey, Value) -> Bool) {
        // The last removal empties the array.
        for index in entries.indices where index < entries.count {
            if let entry = entries[index], matches(entry.key, entry.value) { removeEntry(at: Position(index)) }
        }
    }

    /// The keys and values of all entries, expired ones included.
    var all: [(key: CacheKey, value: Value)] { entries.compactMap { $0.map { ($0.key, $0.value) } } }

    mutating func removeExpired(at now: Date) {
        for app in Array(heaps.keys) {
            while let next = heaps[app]?.first, let entry = entries[Int(next)], entry.expiration <= now {
                removeEntry(at: next)
            }
        }
    }

    private func position(of key: CacheKey) -> Position? { find(key)?.position }

    /// Copies the entry once, because a copy retains all that it refers to.
    private func find(_ key: CacheKey) -> (position: Position, entry: Entry)? {
        guard var position = table[key.hash] else { return nil }
        while position != Self.none, let entry = entries[Int(position)] {
            if entry.key == key { return (position, entry) }
            position = entry.next
        }
        return nil
    }

    private mutating func makeRoom(for app: AppName, at now: Date) {
        removeExpired(at: now)
        while count >= capacity {
            let loser = hasPart(app) ? app : largest() ?? app
            guard let next = heaps[loser]?.first else { return }
            removeEntry(at: next)
            evictions[loser, default: 0] += 1
        }
    }

    /// Whether the app, which is about to get another entry, has at least its part.
    private func hasPart(_ app: AppName) -> Bool {
        let count = heaps[app]?.count ?? 0
        return count > 0 && count >= capacity / heaps.count
    }

    /// The app with the most entries; of several, the one with the entry that expires soonest.
    private func largest() -> AppName? {
        heaps.max { one, other in
            guard one.value.count == other.value.count else { return one.value.count < other.value.count }
            guard let first = one.value.first, let second = other.value.first else { return false }
            return Self.expires(second, before: first, entries)
        }?.key
    }

    private mutating func removeEntry(at position: Position) {
        guard let entry = entries[Int(position)] else { return }
        unlink(position, entry)
        Self.removeItem(at: Int(entry.heapIndex), &heaps[entry.key.app, default: []], &entries)
        if heaps[entry.key.app]?.isEmpty == true { heaps[entry.key.app] = nil }
        entries[Int(position)] = nil
        count -= 1
        if count == 0 {
            (entries, free) = ([], [])
        } else {
            free.append(position)
        }
    }

    private mutating func unlink(_ position: Position, _ entry: Entry) {
        let hash = entry.key.hash
        guard var before = table[hash], before != position else {
            table[hash] = entry.next == Self.none ? nil : entry.next
            return
        }
        while let one = entries[Int(before)], one.next != position, one.next != Self.none { before = one.next }
        entries[Int(before)]?.next = entry.next
    }
}

/// The binary heaps.
extension AppExpiringMap {
    private static func expires(_ one: Position, before other: Position, _ entries: [Entry?]) -> Bool {
        guard let one = entries[Int(one)], let other = entries[Int(other)] else { return false }
        return one.expiration < other.expiration
    }

    private static func set(
        _ position: Position, at index: Int, _ heap: inout [Position], _ entries: inout [Entry?]
    ) {
        heap[index] = position
        entries[Int(position)]?.heapIndex = Position(index)
    }

    private static func push(_ position: Position, _ heap: inout [Position], _ entries: inout [Entry?]) {
        heap.append(position)
        rise(position, from: heap.count - 1, &heap, &entries)
    }

    private static func removeItem(at index: Int, _ heap: inout [Position], _ entries: inout [Entry?]) {
        let last = heap.removeLast()
        guard index < heap.count else { return }
        sink(last, from: index, &heap, &entries)
        if heap[index] == last { rise(last, from: index, &heap, &entries) }
    }

    private static func rise(
        _ position: Position, from start: Int, _ heap: inout [Position], _ entries: inout [Entry?]
    ) {
        var index = start
        while index > 0, expires(position, before: heap[(index - 1) / 2], entries) {
            set(heap[(index - 1) / 2], at: index, &heap, &entries)
            index = (index - 1) / 2
        }
        set(position, at: index, &heap, &entries)
    }

    private static func sink(
        _ position: Position, from start: Int, _ heap: inout [Position], _ entries: inout [Entry?]
    ) {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, expires(heap[child + 1], before: heap[child], entries) { child += 1 }
            guard expires(heap[child], before: position, entries) else { break }
            set(heap[child], at: index, &heap, &entries)
            index = child
        }
        set(position, at: index, &heap, &entries)
    }
}
