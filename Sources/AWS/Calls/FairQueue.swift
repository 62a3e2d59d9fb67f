// SPDX-License-Identifier: Apache-2.0

private import DequeModule

/// The queue of waiting calls, which are numbered. Shares are served round-robin, and a share's calls first in, first
/// out. A call that no longer waits keeps its entry until it is dequeued. Not thread-safe.
struct FairQueue {
    private var lines: [String: Deque<UInt64>] = [:]
    /// The shares with waiting calls, in the order in which they are served.
    private var turns: Deque<String> = []

    /// The number of calls that are served before one that joins the share now.
    func position(in share: String) -> Int {
        let ahead = lines[share]?.count ?? 0
        return lines.reduce(0) { $0 + min($1.value.count, $1.key == share ? ahead : ahead + 1) }
    }

    mutating func join(_ number: UInt64, share: String) {
        if lines[share] == nil { turns.append(share) }
        lines[share, default: []].append(number)
    }

    /// Removes the newest call of the longest line, unless the line of `share` is equally long.
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
