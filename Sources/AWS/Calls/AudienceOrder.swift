// SPDX-License-Identifier: Apache-2.0

import Vending

/// The order in which two audiences are served while calls of both wait: self-clocked fair queueing with integer
/// weights. Each turn has an end on a virtual clock, and the earliest end is next. The turns of an audience follow each
/// other, and each is as long as the weight of the other audience. Not thread-safe.
struct AudienceOrder {
    /// Percentages of the turns.
    private let weights: (signedIn: Int, guest: Int)
    /// The start of each audience's next turn.
    private var starts = (signedIn: 0, guest: 0)
    /// The end of the last turn.
    private var time = 0

    /// - Parameter reserve: percentage of the turns that signed-in calls get at least, 0–95. Below 50, both audiences
    ///   get the same number of turns.
    init(reserve: Int) {
        let signedIn = min(max(reserve, 50), 95)
        weights = (signedIn, 100 - signedIn)
    }

    /// Forgets the turns so far, because no calls wait.
    mutating func restart() {
        starts = (0, 0)
        time = 0
    }

    /// Calls of the audience begin to wait. Turns that it did not use before are lost.
    mutating func begin(_ audience: Grant.Audience) {
        set(start(of: audience, isWaiting: false), of: audience)
    }

    /// The audience to serve next; on a tie the signed-in one.
    func next(signedIn: Int, guests: Int) -> Grant.Audience {
        guard signedIn > 0 else { return .guest }
        let ends = (starts.signedIn + weights.guest, starts.guest + weights.signedIn)
        return guests == 0 || ends.0 <= ends.1 ? .signedIn : .guest
    }

    /// Counts a turn of the audience.
    mutating func charge(_ audience: Grant.Audience) {
        time = start(of: audience, isWaiting: true) + length(of: audience)
        set(time, of: audience)
    }

    /// How many of the other audience's waiting calls are served before a call of `audience` that is behind `ahead`
    /// calls of its own audience, if no more calls arrive.
    /// - Parameter isWaiting: whether calls of `audience` wait already.
    func othersBefore(_ audience: Grant.Audience, isWaiting: Bool, behind ahead: Int, waiting others: Int) -> Int {
        let other: Grant.Audience = audience == .signedIn ? .guest : .signedIn
        let end = start(of: audience, isWaiting: isWaiting) + (ahead + 1) * length(of: audience)
        // The other audience's turns end at `first`, `first + step`, …
        let step = length(of: other)
        let first = start(of: other, isWaiting: true) + step
        let distance = end - first
        guard distance >= 0 else { return 0 }
        return min(others, other == .signedIn ? distance / step + 1 : (distance + step - 1) / step)
    }

    /// The audience that has more than its part of all waiting calls; `tied` if both have exactly their part.
    func mostOver(signedIn: Int, guests: Int, tied: Grant.Audience) -> Grant.Audience {
        let (one, other) = (signedIn * weights.guest, guests * weights.signedIn)
        return one == other ? tied : one > other ? .signedIn : .guest
    }

    private func length(of audience: Grant.Audience) -> Int {
        audience == .signedIn ? weights.guest : weights.signedIn
    }

    private func start(of audience: Grant.Audience, isWaiting: Bool) -> Int {
        let start = audience == .signedIn ? starts.signedIn : starts.guest
        return isWaiting ? start : max(start, time)
    }

    private mutating func set(_ start: Int, of audience: Grant.Audience) {
        if audience == .signedIn { starts.signedIn = start } else { starts.guest = start }
    }
}
