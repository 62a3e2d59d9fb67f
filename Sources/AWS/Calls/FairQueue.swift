private import DequeModule

/// The numbers of those who wait, by share: shares take turns, and within one it is first come, first served. Whoever
/// does not wait any more keeps his place until it comes up. Not thread-safe.
struct FairQueue {
    private var lines: [String: Deque<UInt64>] = [:]
    /// The shares that somebody waits in, the next one first.
    private var turns: Deque<String> = []

    /// How many would go before somebody who now joins that share.
    func position(in share: String) -> Int {
        let own = lines[share]?.count ?? 0
        return lines.reduce(0) { $0 + min($1.value.count, $1.key == share ? own : own + 1) }
    }

    mutating func join(_ number: UInt64, share: String) {
        if lines[share] == nil { turns.append(share) }
        lines[share, default: []].append(number)
    }

    /// Takes the newest of the longest line out, unless the line of this share is as long.
    mutating func dropLast(unlessOf share: String) -> UInt64? {
        guard let longest = lines.max(by: { $0.value.count < $1.value.count }),
            longest.value.count > lines[share]?.count ?? 0
        else { return nil }
        return lines[longest.key]?.popLast()
    }

    mutating func next() -> UInt64? {
        while let share = turns.popFirst() {
            guard var line = lines.removeValue(forKey: share), let number = line.popFirst() else { continue }
            if !line.isEmpty {
                lines[share] = line
                turns.append(share)
            }
            return number
        }
        return nil
    }
}
