// SPDX-License-Identifier: Apache-2.0

import Observability
import Vending

extension MetricFamily {
    /// What the credential cache holds and does, by app.
    static func cache(_ cache: CredentialCache) -> [MetricFamily] {
        func byApp(
            _ name: String, _ kind: Kind = .counter, help: String, _ value: @escaping @Sendable (CacheUsage) -> Int
        ) -> MetricFamily {
            MetricFamily(name, kind, help: help) {
                cache.usages.all.map { Sample([("app", $0.app.rawValue)], Double(value($0.usage))) }
            }
        }
        func occupancy(
            _ name: String, _ kind: Kind, help: String,
            _ value: @escaping @Sendable ((entries: Int, evictions: Int)) -> Int
        ) -> MetricFamily {
            MetricFamily(name, kind, help: help) {
                let occupancy = cache.occupancy
                return cache.usages.all.map { app, _ in
                    Sample([("app", app.rawValue)], Double(value(occupancy[app] ?? (0, 0))))
                }
            }
        }
        return [
            byApp("purser_cache_hits_total", help: "Requests served from the credential cache.") { $0[.hit] },
            byApp("purser_cache_misses_total", help: "Requests that started an exchange for the cache.") { $0[.miss] },
            byApp(
                "purser_cache_joined_total", help: "Requests that waited for an exchange of another request."
            ) { $0[.joined] },
            MetricFamily(
                "purser_cache_refreshes_total", .counter,
                help: "Background refreshes of cached credentials, by outcome."
            ) {
                cache.usages.all.flatMap { app, usage in
                    [("succeeded", CacheUsage.Event.refreshed), ("failed", .refreshFailed)].map { outcome, event in
                        Sample([("app", app.rawValue), ("outcome", outcome)], Double(usage[event]))
                    }
                }
            },
            occupancy(
                "purser_cache_evictions_total", .counter,
                help: "Credentials that the cache evicted before their end to make room."
            ) { $0.evictions },
            occupancy("purser_cache_entries", .gauge, help: "Users and guests with cached credentials.") { $0.entries },
            byApp("purser_cache_bytes", .gauge, help: "Bytes of encoded credentials in memory.") { $0.bytes },
            byApp(
                "purser_aws_calls_saved_total",
                help: "Exchanges that were not necessary because the cache or another request's exchange served."
            ) { $0[.hit] + $0[.joined] },
        ]
    }
}
