private import DequeModule

/// Who waits, by share: shares take turns, and within one it is first come, first served. Not thread-safe.
struct FairQueue<Element> {
    private struct Entry {
        let number: UInt64
        let element: Element
    }

    private var lines: [String: Deque<Entry>] = [:]
    /// The shares that somebody waits in, the next one first.
    private var turns: Deque<String> = []
    private var left: Set<UInt64> = []

    /// Those who left included, until their turn comes.
    private var entries = 0

    var count: Int { entries - left.count }

    /// How many would go before somebody who now joins that share.
    func position(in share: String) -> Int {
        let own = lines[share]?.count ?? 0
        return lines.reduce(0) { $0 + min($1.value.count, $1.key == share ? own : own + 1) }
    }

    mutating func join(_ element: Element, share: String, number: UInt64) {
        if lines[share] == nil { turns.append(share) }
        lines[share, default: []].append(Entry(number: number, element: element))
        entries += 1
    }

    /// For somebody who is in the queue.
    mutating func leave(_ number: UInt64) {
        left.insert(number)
        // Nobody waits any more: forget them all at once.
        if count == 0 { self = FairQueue() }
    }

    /// Takes the newest of the longest line out, unless the line of this share is as long.
    mutating func dropLast(unlessOf share: String) -> UInt64? {
        guard let longest = lines.max(by: { $0.value.count < $1.value.count }),
            longest.value.count > lines[share]?.count ?? 0
        else { return nil }
        while let entry = lines[longest.key]?.popLast() {
            entries -= 1
            if left.remove(entry.number) == nil { return entry.number }
        }
        return nil
    }

    mutating func next() -> (number: UInt64, element: Element)? {
        while let share = turns.popFirst() {
            guard var line = lines.removeValue(forKey: share), let entry = line.popFirst() else { continue }
            entries -= 1
            if !line.isEmpty {
                lines[share] = line
                turns.append(share)
            }
            if left.remove(entry.number) == nil { return (entry.number, entry.element) }
        }
        return nil
    }
}
