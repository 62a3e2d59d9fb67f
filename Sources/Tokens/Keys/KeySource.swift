/// Where an issuer's keys come from. Asked at each verification, so a source may change its answer at any time.
package protocol KeySource: Sendable {
    /// The keys in use now, without I/O; `nil` while there are none yet.
    var current: KeySet? { get }

    /// Does what the source has to do besides, such as fetching; ends when there is no more of it, or when its task is
    /// cancelled.
    func run() async
}

/// Keys that were there at start and stay: a file's.
package struct FixedKeys: KeySource {
    private let keys: KeySet

    package init(_ keys: KeySet) {
        self.keys = keys
    }

    package var current: KeySet? { keys }

    package func run() {}
}
