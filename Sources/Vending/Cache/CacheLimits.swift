// SPDX-License-Identifier: Apache-2.0

/// The limits of the credential cache.
package struct CacheLimits: Sendable {
    /// Maximum number of entries, for all users and apps together.
    package var capacity = 100_000
    /// Minimum remaining lifetime of the credentials that Purser returns, in seconds.
    package var minimumLife: Double = 300
    /// As `minimumLife`, for the grants that have another one, by digest.
    package var minimumLives: [SHA256Digest: Double] = [:]
    /// Maximum number of exchanges in flight, of which each app and audience can use only a part (`FlightLimits`). A
    /// request that needs one more is rejected.
    package var maximumFlights = 4_096
    /// The parts of the cache with a lock of their own. A small cache has one, so that the parts of apps are exact.
    package var shards: Int { min(max(capacity / 1_024, 1), 16) }

    package init() {}

    /// The limits with a shorter minimum life for grants with `handOut`: a third of it at most, so that most of the
    /// lifetime can be used.
    package func scaled(to grants: [Grant]) -> CacheLimits {
        var limits = self
        for grant in grants {
            guard let handOut = grant.handOut else { continue }
            limits.minimumLives[grant.digest] = min(minimumLife, Double(handOut) / 3)
        }
        return limits
    }

    /// The minimum remaining lifetime of a grant's credentials, in seconds.
    package func minimumLife(of grant: SHA256Digest) -> Double { minimumLives[grant] ?? minimumLife }

    /// The age, in seconds, from which a request for credentials of that lifetime starts a background refresh: the last
    /// quarter of the lifetime, or the last quarter of the usable time if that ends earlier.
    /// - Parameter minimumLife: `nil` for that of most grants.
    package func refreshAge(lifetime: Double, minimumLife: Double? = nil) -> Double {
        let usable = lifetime - (minimumLife ?? self.minimumLife)
        return 0.75 * (0.75 * lifetime < usable ? lifetime : usable)
    }
}
