import Cryptography
import FoundationEssentials
import Vending

/// Verdicts of two generations: the recent ones and those before. When the recent ones are half of what may be kept,
/// they become the older ones, and the older ones leave together.
///
/// So every operation takes constant time, and an entry needs nothing besides itself. Not thread-safe. Of this module,
/// and not a generic type of another one, because the compiler makes code for just these keys and values only here.
struct VerdictGenerations {
    typealias Table = [SHA256.Digest: VerdictMemory.Verdict]

    private let half: Int
    private var recent: Table = [:]
    private var older: Table = [:]

    /// - Parameter capacity: verdicts at most, 2 at least.
    init(capacity: Int) {
        half = max(1, capacity / 2)
        recent.reserveCapacity(min(half, 64))
    }

    var count: Int { recent.count + older.count }

    func value(for token: SHA256.Digest, at now: Date) -> VerdictMemory.Verdict? {
        guard let verdict = recent[token] ?? older[token], now < verdict.identity.expiration else { return nil }
        return verdict
    }

    /// Stores nothing that has expired. Returns what has left, so that the memory of thousands is given back outside the
    /// lock.
    mutating func insert(_ verdict: VerdictMemory.Verdict, for token: SHA256.Digest, at now: Date) -> Table {
        guard now < verdict.identity.expiration else { return [:] }
        var leaving: Table = [:]
        if recent.count >= half, recent[token] == nil {
            leaving = older
            older = recent
            // It will fill up as the one before did; growing step by step would hold the lock for long.
            recent = Table(minimumCapacity: half)
        }
        recent[token] = verdict
        if !older.isEmpty { older[token] = nil }
        return leaving
    }

    mutating func removeAll(where matches: (VerdictMemory.Verdict) -> Bool) {
        Self.remove(from: &recent, where: matches)
        Self.remove(from: &older, where: matches)
    }

    /// One by one where they are few; else what stays moves to a table of its size.
    private static func remove(from table: inout Table, where matches: (VerdictMemory.Verdict) -> Bool) {
        let leaving = table.compactMap { matches($0.value) ? $0.key : nil }
        if leaving.count > table.count / 2 {
            table = table.filter { !matches($0.value) }
        } else {
            for token in leaving { table[token] = nil }
        }
    }
}
