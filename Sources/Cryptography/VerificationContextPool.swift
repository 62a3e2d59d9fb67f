private import Synchronization

/// The idle contexts of one key: at most as many as have verified with it at once, and no more than `limit`.
final class VerificationContextPool: Sendable {
    static let limit = 16

    private let idle = Mutex<[VerificationContext]>([])

    func take(for algorithm: SignatureAlgorithm) -> VerificationContext? {
        idle.withLock { idle in
            idle.lastIndex { $0.algorithm == algorithm }.map { idle.remove(at: $0) }
        }
    }

    /// The longest idle one leaves where there are too many, so that those in use stay.
    func giveBack(_ context: VerificationContext) {
        idle.withLock { idle in
            if idle.count >= Self.limit { idle.removeFirst() }
            idle.append(context)
        }
    }

    func count(where matches: (VerificationContext) -> Bool) -> Int {
        idle.withLock { $0.count(where: matches) }
    }
}
