// SPDX-License-Identifier: Apache-2.0

import DequeModule
import Vending

/// The queue of waiting calls, which are numbered. It is fair at three levels: between audiences by their weights,
/// between the apps of an audience round-robin, and between the parties of an app round-robin. The calls of one party
/// are served first in, first out. Not thread-safe.
///
/// An audience may use what the other leaves: weights apply while calls of both wait.
struct FairQueue {
    private typealias Line = Deque<UInt64>
    private typealias Apps = RoundRobin<String, RoundRobin<Int, Line>>

    private var signedIn = Apps()
    private var guests = Apps()
    private var order: AudienceOrder

    /// - Parameter reserve: percentage of the turns that signed-in calls get at least while guests wait too, 0–95.
    init(reserve: Int) {
        order = AudienceOrder(reserve: reserve)
    }

    var count: Int { signedIn.count + guests.count }

    /// The number of calls that are served before one that joins the share now, if no more calls arrive. At most linear
    /// in the parties of the app plus the apps of the audience.
    func position(in share: CallShare) -> Int {
        let (apps, others) = share.audience == .signedIn ? (signedIn, guests) : (guests, signedIn)
        let parties = apps[share.appLine]
        let inApp = parties?.position(of: share.party, behind: parties?[share.party]?.count ?? 0) ?? 0
        let ahead = apps.position(of: share.appLine, behind: inApp)
        return ahead
            + order.othersBefore(
                share.audience, isWaiting: apps.count > 0, behind: ahead, waiting: others.count)
    }

    mutating func join(_ number: UInt64, share: CallShare) {
        if count == 0 { order.restart() }
        if (share.audience == .signedIn ? signedIn : guests).count == 0 { order.begin(share.audience) }
        update(share.audience, share.appLine, share.party) { $0.append(number) }
    }

    /// Removes a call that no longer waits. Linear in the calls of its party.
    mutating func leave(_ number: UInt64, share: CallShare) {
        update(share.audience, share.appLine, share.party) { line in
            if let index = line.firstIndex(of: number) { line.remove(at: index) }
        }
    }

    /// Makes room for a new call: removes the newest call of the longest line, in the app with the most calls, in the
    /// audience that has more than its part. The new call counts at each level.
    /// - Returns: the removed call; `nil` if that line is the new call's own, so that the new call is the one to reject.
    mutating func evict(for newCall: CallShare) -> UInt64? {
        guard let victim = victim(for: newCall) else { return nil }
        return update(victim.audience, victim.app, victim.party) { $0.popLast() }
    }

    private func victim(for newCall: CallShare) -> (audience: Grant.Audience, app: String, party: Int)? {
        let isSignedIn = newCall.audience == .signedIn
        let audience = order.mostOver(
            signedIn: signedIn.count + (isSignedIn ? 1 : 0), guests: guests.count + (isSignedIn ? 0 : 1),
            tied: newCall.audience)
        let apps = audience == .signedIn ? signedIn : guests
        let isOwnAudience = audience == newCall.audience
        guard let app = apps.longest(counting: isOwnAudience ? newCall.appLine : nil) else { return nil }
        let isOwnApp = isOwnAudience && app == newCall.appLine
        guard let party = apps[app]?.longest(counting: isOwnApp ? newCall.party : nil),
            !(isOwnApp && party == newCall.party)
        else { return nil }
        return (audience, app, party)
    }

    /// Removes the next call. If it is served, `charge` follows.
    mutating func next() -> (number: UInt64, audience: Grant.Audience)? {
        let audience = order.next(signedIn: signedIn.count, guests: guests.count)
        let number = audience == .signedIn ? signedIn.popFirst() : guests.popFirst()
        return number.map { ($0, audience) }
    }

    /// Counts a turn of the audience. A call that is removed but not served costs its audience nothing.
    mutating func charge(_ audience: Grant.Audience) {
        order.charge(audience)
    }

    private mutating func update<Value>(
        _ audience: Grant.Audience, _ app: String, _ party: Int, _ change: (inout Line) -> Value
    ) -> Value {
        switch audience {
        case .signedIn: signedIn.update(app) { $0.update(party, change) }
        case .guest: guests.update(app) { $0.update(party, change) }
        }
    }
}

extension CallShare {
    /// The key of the app's lines. No app has the empty name, which is the broker's own.
    fileprivate var appLine: String { app?.rawValue ?? "" }
}
