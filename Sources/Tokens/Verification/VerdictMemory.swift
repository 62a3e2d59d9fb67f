// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Synchronization
import Vending

/// Caches the identities of verified tokens by the SHA-256 of all bytes of the token.
///
/// Bounded, synchronous and sharded, so that threads seldom wait for one another. A verdict is valid until the token's
/// `exp`, or until its key or the issuer's rules are retired.
struct VerdictMemory: Sendable {
    struct Verdict: Sendable {
        let identity: VerifiedIdentity
        let key: VerificationKey
        let rules: IssuerRules

        /// Whether the key or the rules are no longer in use.
        var isVoid: Bool { key.isRetired || rules.isRetired }
    }

    private final class Shard: Sendable {
        let verdicts: Mutex<VerdictGenerations>

        init(capacity: Int) {
            verdicts = Mutex(VerdictGenerations(capacity: capacity))
        }
    }

    private static let shardCount = 16
    private let shards: [Shard]

    /// - Parameter capacity: the maximum number of verdicts in all shards; each shard holds at least two.
    init(capacity: Int) {
        shards = (0..<Self.shardCount).map { _ in Shard(capacity: capacity / Self.shardCount) }
    }

    func recall(_ token: SHA256Digest, at now: Date) -> VerifiedIdentity? {
        guard let verdict = shard(of: token).verdicts.withLock({ $0.value(for: token, at: now) }),
            !verdict.isVoid
        else { return nil }
        return verdict.identity
    }

    func remember(_ verdict: Verdict, of token: SHA256Digest, at now: Date) {
        let shard = shard(of: token)
        // The evicted verdicts are freed here, outside the lock.
        _ = shard.verdicts.withLock { $0.insert(verdict, for: token, at: now) }
    }

    var count: Int {
        shards.reduce(0) { $0 + $1.verdicts.withLock { $0.count } }
    }

    func removeExpired(at now: Date) {
        removeAll { $0.identity.expiration <= now }
    }

    func removeAll(where matches: (Verdict) -> Bool) {
        for shard in shards { shard.verdicts.withLock { $0.removeAll(where: matches) } }
    }

    private func shard(of token: SHA256Digest) -> Shard {
        shards[Int(token.words.3 % UInt64(Self.shardCount))]
    }
}
