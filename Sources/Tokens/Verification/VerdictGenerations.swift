// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Vending

/// A bounded cache of verdicts in two generations, recent and older. When the recent generation reaches half of the
/// capacity, it becomes the older one, and the previous older generation is evicted as a whole.
///
/// Every lookup and insertion takes constant time, and an entry needs no bookkeeping. Not thread-safe. The type is in
/// this module and not generic, so that the compiler specialises it for these keys and values.
struct VerdictGenerations {
    typealias Table = [SHA256Digest: VerdictMemory.Verdict]

    private let half: Int
    private var recent: Table = [:]
    private var older: Table = [:]

    /// - Parameter capacity: the maximum number of verdicts, at least 2.
    init(capacity: Int) {
        half = max(1, capacity / 2)
        recent.reserveCapacity(min(half, 64))
    }

    var count: Int { recent.count + older.count }

    func value(for token: SHA256Digest, at now: Date) -> VerdictMemory.Verdict? {
        guard let verdict = recent[token] ?? older[token], now < verdict.identity.expiration else { return nil }
        return verdict
    }

    /// Does not store an expired verdict. Returns the evicted verdicts, so that the caller frees thousands of them
    /// outside its lock.
    mutating func insert(_ verdict: VerdictMemory.Verdict, for token: SHA256Digest, at now: Date) -> Table {
        guard now < verdict.identity.expiration else { return [:] }
        var evicted: Table = [:]
        if recent.count >= half, recent[token] == nil {
            evicted = older
            older = recent
            // The new generation will fill up too; growing it step by step would hold the lock for long.
            recent = Table(minimumCapacity: half)
        }
        recent[token] = verdict
        if !older.isEmpty { older[token] = nil }
        return evicted
    }

    mutating func removeAll(where matches: (VerdictMemory.Verdict) -> Bool) {
        Self.remove(from: &recent, where: matches)
        Self.remove(from: &older, where: matches)
    }

    /// Removes few matches one by one; for many matches, the rest moves to a new, smaller table.
    private static func remove(from table: inout Table, where matches: (VerdictMemory.Verdict) -> Bool) {
        let matching = table.compactMap { matches($0.value) ? $0.key : nil }
        if matching.count > table.count / 2 {
            table = table.filter { !matches($0.value) }
        } else {
            for token in matching { table[token] = nil }
        }
    }
}
