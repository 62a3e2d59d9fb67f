// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The idle contexts of one key: at most as many as there were concurrent verifications, and never more than `limit`.
final class VerificationContextPool: Sendable {
    static let limit = 16

    private let idle = Mutex<[VerificationContext]>([])

    func take(for algorithm: SignatureAlgorithm) -> VerificationContext? {
        idle.withLock { idle in
            idle.lastIndex { $0.algorithm == algorithm }.map { idle.remove(at: $0) }
        }
    }

    /// Returns a context to the pool, which evicts the longest idle one if it is full.
    func put(_ context: VerificationContext) {
        idle.withLock { idle in
            if idle.count >= Self.limit { idle.removeFirst() }
            idle.append(context)
        }
    }

    func count(where matches: (VerificationContext) -> Bool) -> Int {
        idle.withLock { $0.count(where: matches) }
    }
}
