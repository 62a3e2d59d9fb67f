// SPDX-License-Identifier: Apache-2.0

import AWS
import Observability
import Synchronization
import Vending

/// How close sessions come to AWS's limits of their size, by app: the largest since the start.
final class SessionSpaces: Sendable {
    private struct Largest {
        var packedPolicy = 0
        var sessionToken = 0
    }

    /// Apps come from the configuration only, so the number is bounded.
    private let apps = Mutex<[AppName: Largest]>([:])

    /// Apps that have values from the start, at 0.
    func register(_ names: [AppName]) {
        apps.withLock { apps in
            for name in names where apps[name] == nil { apps[name] = Largest() }
        }
    }

    func add(_ space: SessionSpace) {
        guard let app = space.app else { return }
        apps.withLock { apps in
            var largest = apps[app] ?? Largest()
            largest.packedPolicy = max(largest.packedPolicy, space.packedPolicy ?? 0)
            largest.sessionToken = max(largest.sessionToken, space.sessionToken ?? 0)
            apps[app] = largest
        }
    }

    var families: [MetricFamily] {
        func family(_ name: String, help: String, _ value: @escaping @Sendable (Largest) -> Int) -> MetricFamily {
            MetricFamily(name, .gauge, help: help) { [self] in
                apps.withLock { $0 }.sorted { $0.key.rawValue < $1.key.rawValue }.map { app, largest in
                    .init([("app", app.rawValue)], Double(value(largest)) / 100)
                }
            }
        }
        return [
            family(
                "purser_packed_policy_ratio",
                help: "Part of AWS's space for session policies and tags that the largest session takes."
            ) { $0.packedPolicy },
            family(
                "purser_session_token_ratio",
                help: "Part of AWS's space for a session token that the largest short credentials take."
            ) { $0.sessionToken },
        ]
    }
}
