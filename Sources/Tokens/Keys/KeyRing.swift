private import Synchronization

/// The keys in use, replaced as a whole.
final class KeyRing: Sendable {
    private let keys: Mutex<KeySet?>

    init(_ keys: KeySet? = nil) {
        self.keys = Mutex(keys)
    }

    var current: KeySet? { keys.withLock { $0 } }

    /// Puts `new` in use. A key that stays is the same object afterwards, so what it verified is still known; one that
    /// left, or came back under its `kid` with other numbers, is retired with all that it verified.
    /// - Returns: how many were retired; `nil` where nothing changed.
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

    /// From now on there are no keys, and nothing that they verified is known.
    func empty() {
        keys.withLock { keys in
            for key in keys?.keys ?? [] { key.retire() }
            keys = nil
        }
    }
}
