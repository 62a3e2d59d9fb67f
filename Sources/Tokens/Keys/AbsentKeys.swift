// SPDX-License-Identifier: Apache-2.0

private import Cryptography
import StrictJSON
import Vending

/// Remembers keys that tokens name and the issuer does not publish, so that their tokens cause few fetches. Pure state.
///
/// After a hard rotation, servers of one provider may publish different sets for a moment. So a key counts as absent
/// only once two fetches missed it that began `confirmation` apart, and only for `lifetime`. What is not remembered is
/// not known: an attacker who fills the memory causes retries, never a wrong rejection. Keys that were published before
/// have a place of their own, which no token can fill, so that users with tokens of a withdrawn key get their answer also
/// during such an attack.
struct AbsentKeys {
    /// The maximum number of keys.
    static let capacity = 1_024
    /// The maximum number of keys that were published before.
    static let withdrawnCapacity = 256
    /// Longer than a provider's servers differ after a rotation.
    static let confirmation = Duration.seconds(3)
    /// How long a confirmed absence is valid. A key can appear later: then the first fetch finds it.
    static let lifetime = Duration.seconds(30)
    /// Minimum time between two fetches for one key.
    static let pace = Duration.seconds(1)

    enum Knowledge: Equatable {
        case unknown
        /// A fetch missed the key a moment ago, so another one would be too early.
        case missed
        case absent
    }

    private struct Name: Hashable {
        let digest: SHA256Digest
        let isKeyID: Bool

        init(_ key: SoughtKey) {
            switch key {
            case .named(let keyID): (digest, isKeyID) = (SHA256Digest(hashing: keyID), true)
            case .unnamed(let token): (digest, isKeyID) = (token, false)
            }
        }
    }

    /// Times on the monotonic clock.
    private struct Entry {
        /// The first token that named the key.
        let asked: Duration
        /// The begin of the first and of the last fetch that missed the key.
        var missed: (first: Duration, last: Duration)?
        var confirmed: Duration?

        mutating func miss(_ begun: Duration) {
            guard asked <= begun else { return }
            let first = missed?.first ?? begun
            missed = (first, begun)
            if begun >= first + AbsentKeys.confirmation { confirmed = begun }
        }
    }

    // When the recent generation is full, it becomes the older one, and the previous older one is evicted.
    private var recent: [Name: Entry] = [:]
    private var older: [Name: Entry] = [:]
    /// Keys that a fetch found and a later one did not.
    private var withdrawn: [Name: Entry] = [:]

    var count: Int { recent.count + older.count }
    var withdrawnCount: Int { withdrawn.count }

    /// What is known about the key, without I/O.
    func knowledge(of key: SoughtKey, at now: Duration) -> Knowledge {
        let name = Name(key)
        guard let entry = entry(name) else { return .unknown }
        if let confirmed = entry.confirmed, now < confirmed + Self.lifetime { return .absent }
        if let missed = entry.missed, now < missed.last + Self.pace { return .missed }
        return .unknown
    }

    /// The time until a fetch can confirm the absence; zero if there was no fetch since a token named the key.
    func wait(for key: SoughtKey, at now: Duration) -> Duration {
        let name = Name(key)
        guard let missed = entry(name)?.missed else { return .zero }
        return max(missed.first + Self.confirmation - now, .zero)
    }

    private func entry(_ name: Name) -> Entry? { withdrawn[name] ?? recent[name] ?? older[name] }

    /// Remembers that a token named the key.
    mutating func ask(for key: SoughtKey, at now: Duration) {
        let name = Name(key)
        guard withdrawn[name] == nil, recent[name] == nil else { return }
        let entry = older.removeValue(forKey: name) ?? Entry(asked: now)
        if recent.count >= Self.capacity / 2 {
            older = recent
            recent = [:]
        }
        recent[name] = entry
    }

    /// Learns from a successful fetch.
    /// - Parameters:
    ///   - begun: when the fetch began. It tells nothing about keys that a token named later.
    ///   - changed: whether `keys` differ from the previous keys.
    ///   - previous: the previous keys.
    mutating func learn(from keys: KeySet, begun: Duration, changed: Bool, previous: KeySet? = nil) {
        let published = Self.names(keys)
        Self.learn(&withdrawn, published, begun: begun, changed: changed)
        for name in previous.map(Self.names) ?? [] where !published.contains(name) && withdrawn[name] == nil {
            if withdrawn.count >= Self.withdrawnCapacity { withdrawn = [:] }
            withdrawn[name] = Entry(asked: begun, missed: (begun, begun))
        }
        Self.learn(&recent, published, begun: begun, changed: changed)
        Self.learn(&older, published, begun: begun, changed: changed)
    }

    private static func names(_ keys: KeySet) -> Set<Name> {
        Set(keys.keys.compactMap { $0.keyID.map { Name(.named($0)) } })
    }

    private static func learn(
        _ entries: inout [Name: Entry], _ published: Set<Name>, begun: Duration, changed: Bool
    ) {
        for name in published { entries[name] = nil }
        // A changed set can verify a token without `kid`, so its absence has to be confirmed anew.
        if changed { entries = entries.filter { $0.key.isKeyID } }
        for name in entries.keys { entries[name]?.miss(begun) }
    }
}
