// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The keys in use. They are replaced atomically, as a whole set.
final class KeyRing: Sendable {
    private let keys: Mutex<KeySet?>

    init(_ keys: KeySet? = nil) {
        self.keys = Mutex(keys)
    }

    var current: KeySet? { keys.withLock { $0 } }

    /// Replaces the keys with `new`. An unchanged key remains the same object, so its verdicts stay valid. A key that
    /// is missing from `new`, or has other numbers under the same `kid`, is retired together with its verdicts.
    /// - Returns: the number of retired keys; `nil` if nothing changed.
    func replace(with new: KeySet) -> Int? {
        keys.withLock { keys in
            guard let old = keys else {
                keys = new
                return 0
            }
            let next = new.keeping(old.keys)
            let retired = old.keys.filter { key in !next.keys.contains { $0 === key } }
            guard !retired.isEmpty || next.keys.count != old.keys.count || next.hasKeyIDs != old.hasKeyIDs else {
                return nil
            }
            keys = next
            for key in retired { key.retire() }
            return retired.count
        }
    }

    /// Removes all keys and retires them together with their verdicts.
    func empty() {
        keys.withLock { keys in
            for key in keys?.keys ?? [] { key.retire() }
            keys = nil
        }
    }
}
