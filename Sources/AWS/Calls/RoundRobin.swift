// SPDX-License-Identifier: Apache-2.0

import DequeModule

/// Waiting calls, by number. The first in the queue is served first, or the first of the next queue.
protocol WaitingLine {
    init()
    var count: Int { get }
    mutating func popFirst() -> UInt64?
}

extension Deque: WaitingLine where Element == UInt64 {}

/// Lines of waiting calls, by key. Each turn serves one call of the next line. A line that becomes empty is removed; a
/// new one is served after the others. Not thread-safe.
struct RoundRobin<Key: Hashable, Line: WaitingLine>: WaitingLine {
    private var lines: [Key: Line] = [:]
    /// The keys of all lines, in the order in which they are served.
    private var turns: Deque<Key> = []
    /// The waiting calls of all lines.
    private(set) var count = 0

    init() {}

    subscript(key: Key) -> Line? { lines[key] }

    /// The number of calls that are served before one that follows `ahead` others in the line of `key`, if no more
    /// calls arrive. Takes constant time if `ahead` is 0 and the line is empty, and is linear in the lines otherwise.
    func position(of key: Key, behind ahead: Int) -> Int {
        if ahead == 0, lines[key] == nil { return turns.count }
        var position = ahead
        // A line that is served before that of `key` is served once more than the lines behind it.
        var rounds = ahead + 1
        for other in turns {
            if other == key { rounds = ahead } else { position += min(lines[other]?.count ?? 0, rounds) }
        }
        return position
    }

    /// Changes the line of `key`. Linear in the lines if the line becomes empty.
    mutating func update<Value>(_ key: Key, _ change: (inout Line) -> Value) -> Value {
        let before = lines[key]?.count ?? 0
        let value = change(&lines[key, default: Line()])
        let after = lines[key]?.count ?? 0
        count += after - before
        if after == 0 {
            lines[key] = nil
            if before > 0 { turns.removeAll { $0 == key } }
        } else if before == 0 {
            turns.append(key)
        }
        return value
    }

    mutating func popFirst() -> UInt64? {
        guard let key = turns.popFirst(), let number = lines[key]?.popFirst() else { return nil }
        count -= 1
        if lines[key]?.count == 0 { lines[key] = nil } else { turns.append(key) }
        return number
    }

    /// The key with the most waiting calls. Linear in the lines.
    /// - Parameter newCall: the key of a call that is counted although it does not wait yet, and that is returned if
    ///   no other key has more.
    func longest(counting newCall: Key?) -> Key? {
        var longest = newCall
        var most = newCall.map { (lines[$0]?.count ?? 0) + 1 } ?? 0
        for key in turns where key != newCall {
            let count = lines[key]?.count ?? 0
            if count > most { (longest, most) = (key, count) }
        }
        return longest
    }
}
