// SPDX-License-Identifier: Apache-2.0

/// The time budget of one attempt, evaluated when it is read.
struct AttemptTime: Sendable {
    /// Time until the deadline of all attempts.
    let left: @Sendable () -> Duration
    /// Limit of the call itself.
    let limit: Duration

    /// The time-out of a call that starts now.
    var timeout: Duration { min(limit, left()) }

    /// How long the call may wait in the rate limiter's queue, so that time for the call itself is left.
    var patience: Duration { left() - min(limit, .seconds(1)) }
}
