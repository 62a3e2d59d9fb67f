// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// What the credential cache did for one app, since the start.
package final class CacheUsage: Sendable {
    package enum Event: CaseIterable, Sendable {
        /// A response from the cache.
        case hit
        /// An exchange that a request started.
        case miss
        /// A request that waited for an exchange that another one had started.
        case joined
        case refreshed
        case refreshFailed
    }

    private final class Count: Sendable {
        let value = Atomic(0)
    }

    private let hits = Atomic(0)
    private let others: [Event: Count]
    private let encoded = Atomic(0)

    init() {
        others = Dictionary(uniqueKeysWithValues: Event.allCases.map { ($0, Count()) })
    }

    package subscript(event: Event) -> Int {
        event == .hit
            ? hits.load(ordering: .relaxed) : others[event]?.value.load(ordering: .relaxed) ?? 0
    }

    /// The bytes of the app's encoded credentials in memory: cached ones, and those that a response is made from.
    package var bytes: Int { encoded.load(ordering: .relaxed) }

    /// One atomic addition, because it is on the warm path.
    func countHit() { hits.wrappingAdd(1, ordering: .relaxed) }

    func count(_ event: Event) {
        if event == .hit { countHit() } else { others[event]?.value.wrappingAdd(1, ordering: .relaxed) }
    }

    func hold(bytes: Int) { encoded.wrappingAdd(bytes, ordering: .relaxed) }
    func release(bytes: Int) { encoded.wrappingSubtract(bytes, ordering: .relaxed) }
}

/// The usage of each app. Apps come from the configuration only, so the number is bounded.
package final class CacheUsages: Sendable {
    private let usages: Mutex<[AppName: CacheUsage]>

    /// - Parameter apps: have a usage from the start, at 0.
    package init(_ apps: [AppName] = []) {
        usages = Mutex(Dictionary(apps.map { ($0, CacheUsage()) }, uniquingKeysWith: { first, _ in first }))
    }

    /// Apps that have a usage from now on, at 0, if they had none.
    package func register(_ apps: [AppName]) {
        usages.withLock { usages in
            for app in apps where usages[app] == nil { usages[app] = CacheUsage() }
        }
    }

    /// Sorted by the app's name.
    package var all: [(app: AppName, usage: CacheUsage)] {
        usages.withLock { $0 }.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }

    /// - Parameter app: of an authorized request.
    func usage(of app: AppName) -> CacheUsage {
        usages.withLock { usages in
            if let usage = usages[app] { return usage }
            let usage = CacheUsage()
            usages[app] = usage
            return usage
        }
    }
}
