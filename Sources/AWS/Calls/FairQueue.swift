// SPDX-License-Identifier: Apache-2.0

import DequeModule
import Vending

/// The queue of waiting calls, which are numbered. It is fair at four levels: between audiences by their weights,
/// between the apps of an audience round-robin, between the exchanges and the hand-outs of an app in turn, and between
/// the parties of each round-robin. The calls of one party are served first in, first out. Not thread-safe.
///
/// An audience may use what the other leaves: weights apply while calls of both wait.
struct FairQueue {
    private typealias Line = Deque<UInt64>
    private typealias Parties = RoundRobin<Int, Line>
    /// The key is `CallShare.isHandOut`.
    private typealias Kinds = RoundRobin<Bool, Parties>
    private typealias Apps = RoundRobin<String, Kinds>

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
        let kinds = apps[share.appLine]
        let parties = kinds?[share.isHandOut]
        let inKind = parties?.position(of: share.party, behind: parties?[share.party]?.count ?? 0) ?? 0
        let inApp = kinds?.position(of: share.isHandOut, behind: inKind) ?? 0
        let ahead = apps.position(of: share.appLine, behind: inApp)
        return ahead
            + order.othersBefore(
                share.audience, isWaiting: apps.count > 0, behind: ahead, waiting: others.count)
    }

    mutating func join(_ number: UInt64, share: CallShare) {
        if count == 0 { order.restart() }
        if (share.audience == .signedIn ? signedIn : guests).count == 0 { order.begin(share.audience) }
        update(share) { $0.append(number) }
    }

    /// Removes a call that no longer waits. Linear in the calls of its party.
    mutating func leave(_ number: UInt64, share: CallShare) {
        update(share) { line in
            if let index = line.firstIndex(of: number) { line.remove(at: index) }
        }
    }

    /// Makes room for a new call: removes the newest call of the longest line, of the kind with the most calls, in the
    /// app with the most calls, in the audience that has more than its part. The new call counts at each level.
    /// - Returns: the removed call; `nil` if that line is the new call's own, so that the new call is the one to reject.
    mutating func evict(for newCall: CallShare) -> UInt64? {
        guard let victim = victim(for: newCall) else { return nil }
        return update(victim) { $0.popLast() }
    }

    private func victim(for newCall: CallShare) -> Place? {
        let isSignedIn = newCall.audience == .signedIn
        let audience = order.mostOver(
            signedIn: signedIn.count + (isSignedIn ? 1 : 0), guests: guests.count + (isSignedIn ? 0 : 1),
            tied: newCall.audience)
        let apps = audience == .signedIn ? signedIn : guests
        let isOwnAudience = audience == newCall.audience
        guard let app = apps.longest(counting: isOwnAudience ? newCall.appLine : nil) else { return nil }
        let isOwnApp = isOwnAudience && app == newCall.appLine
        guard let isHandOut = apps[app]?.longest(counting: isOwnApp ? newCall.isHandOut : nil) else { return nil }
        let isOwnKind = isOwnApp && isHandOut == newCall.isHandOut
        guard let party = apps[app]?[isHandOut]?.longest(counting: isOwnKind ? newCall.party : nil),
            !(isOwnKind && party == newCall.party)
        else { return nil }
        return Place(audience: audience, app: app, isHandOut: isHandOut, party: party)
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

    /// One party's line.
    private struct Place {
        let audience: Grant.Audience
        let app: String
        let isHandOut: Bool
        let party: Int
    }

    private mutating func update<Value>(_ share: CallShare, _ change: (inout Line) -> Value) -> Value {
        update(
            Place(audience: share.audience, app: share.appLine, isHandOut: share.isHandOut, party: share.party), change)
    }

    private mutating func update<Value>(_ place: Place, _ change: (inout Line) -> Value) -> Value {
        switch place.audience {
        case .signedIn: signedIn.update(place.app) { $0.update(place.isHandOut) { $0.update(place.party, change) } }
        case .guest: guests.update(place.app) { $0.update(place.isHandOut) { $0.update(place.party, change) } }
        }
    }
}

extension CallShare {
    /// The key of the app's lines. No app has the empty name, which is the broker's own.
    fileprivate var appLine: String { app?.rawValue ?? "" }
}
