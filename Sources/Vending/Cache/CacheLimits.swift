/// The numbers that bound the credential cache.
package struct CacheLimits: Sendable {
    /// Entries at most, over all users and apps.
    package var capacity = 100_000
    /// Seconds of life that credentials must still have to be handed out.
    package var minimumLife: Double = 300
    /// Exchanges under way at most; a request that needs one more is turned away.
    package var maximumFlights = 4_096
    package var shards = 16

    package init() {}

    /// Seconds after which credentials of that lifetime are to be refreshed ahead, when asked for: its last quarter,
    /// or the last quarter of the usable time where that ends before.
    package func refreshAge(lifetime: Double) -> Double {
        let usable = lifetime - minimumLife
        return 0.75 * (0.75 * lifetime < usable ? lifetime : usable)
    }
}
