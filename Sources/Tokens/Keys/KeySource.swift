// SPDX-License-Identifier: Apache-2.0

/// Where an issuer's keys come from. Each verification reads `current`, so a source may change its keys at any time.
package protocol KeySource: Sendable {
    /// The keys in use, without I/O; `nil` while there are no usable keys.
    var current: KeySet? { get }

    /// For metrics, and to decide whether an unknown key may be one that could not be fetched.
    var status: KeySourceStatus { get }

    /// Looks for a key that `current` does not have, because a token names it. Returns when the search is over, or at
    /// once if the source allows none now. Unauthenticated callers cause these calls, so a source runs one search at a
    /// time and limits their rate.
    func search(for key: SoughtKey) async -> KeySearchResult

    /// Whether the issuer is known not to publish the key, without I/O.
    func isAbsent(_ key: SoughtKey) -> Bool

    /// Looks for newer keys once, for callers that verify without `run`.
    func renew() async

    /// Does the source's background work, such as fetching again. Returns when there is no more work or its task is
    /// cancelled.
    func run() async
}

package struct KeySourceStatus: Hashable, Sendable {
    /// The number of keys in use.
    package var keys = 0
    /// The time since the source last confirmed the keys; `nil` while there are none.
    package var age: Duration?
    /// Whether the last attempt to get keys failed.
    package var failing = false
    /// Successful attempts since the start.
    package var succeeded = 0
    /// Failed attempts since the start.
    package var failed = 0

    package init() {}
}

/// A change in a source that is worth a log entry.
package enum KeySourceEvent: Sendable {
    /// The keys changed, or are the first ones. `retired`: the number of keys that are no longer valid. `unknownKey`: a
    /// token with an unknown key caused the search.
    case changed(KeySet, retired: Int, unknownKey: Bool)
    /// The keys are unchanged. `recovered`: the previous attempts failed.
    case renewed(unknownKey: Bool, recovered: Bool)
    /// The attempt failed. `age`: of the keys that stay in use; `nil` if there are none.
    case failed(any Error & Sendable, retryIn: Duration, age: Duration?)
    /// The keys exceeded the maximum staleness and were removed.
    case stale(age: Duration)
}

/// Keys that never change.
package struct FixedKeys: KeySource {
    private let keys: KeySet

    package init(_ keys: KeySet) {
        self.keys = keys
    }

    package var current: KeySet? { keys }

    package var status: KeySourceStatus {
        var status = KeySourceStatus()
        status.keys = keys.keys.count
        return status
    }

    package func search(for key: SoughtKey) -> KeySearchResult { .absent }
    package func isAbsent(_ key: SoughtKey) -> Bool { true }
    package func renew() {}
    package func run() {}
}
