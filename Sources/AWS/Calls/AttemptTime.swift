/// The time that one attempt has, told from when it is asked for.
struct AttemptTime: Sendable {
    /// To the end of all attempts.
    let left: @Sendable () -> Duration
    /// Bound on the call itself.
    let limit: Duration

    /// What a call that is made now may take.
    var timeout: Duration { min(limit, left()) }

    /// What may be spent on waiting for a turn, so that there is time for the call then.
    var patience: Duration { left() - min(limit, .seconds(1)) }
}
