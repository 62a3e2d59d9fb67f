/// Where an issuer's keys come from. Asked at each verification, so a source may change its answer at any time.
package protocol KeySource: Sendable {
    /// The keys in use now, without I/O; `nil` while there are none that may be used.
    var current: KeySet? { get }

    /// For metrics and for whoever has to decide whether an unknown key may be one that could not be fetched.
    var status: KeySourceStatus { get }

    /// Looks for newer keys, because a token names one that `current` does not have. Returns when the search is over,
    /// at once where the source allows none now. Never more than one search at a time, and never more than the
    /// source's own pace: callers are strangers.
    func renew() async

    /// Does what the source has to do by itself, such as fetching again; ends when there is no more of it, or when its
    /// task is cancelled.
    func run() async
}

package struct KeySourceStatus: Hashable, Sendable {
    /// In use.
    package var keys = 0
    /// Since the keys were last known to be the issuer's; `nil` while there are none.
    package var age: Duration?
    /// The last attempt to get keys brought none.
    package var failing = false
    /// Attempts since the start.
    package var succeeded = 0
    package var failed = 0

    package init() {}
}

/// What an operator wants to know of a source.
package enum KeySourceEvent: Sendable {
    /// Other keys than before, the first ones included. `retired` is how many no longer count; `unknownKey`: looked for
    /// because a token named a key that was not there.
    case changed(KeySet, retired: Int, unknownKey: Bool)
    /// The same keys as before. `recovered`: after attempts that failed.
    case renewed(unknownKey: Bool, recovered: Bool)
    /// Nothing new. `age`: of the keys that stay in use, `nil` where there are none.
    case failed(any Error & Sendable, retryIn: Duration, age: Duration?)
    /// The keys were too old to be trusted any longer; there are none now.
    case stale(age: Duration)
}

/// Keys that were there at start and stay.
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

    package func renew() {}
    package func run() {}
}
