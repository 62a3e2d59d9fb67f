// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Vending

/// Notes about valid settings of `delivery` and `hand-out`, for the operator.
struct HandOutNotes {
    private let settings: Settings

    init(_ settings: Settings) {
        self.settings = settings
    }

    /// What the settings do not enforce, and what clients may not expect.
    var remarks: [String] {
        settings.apps.flatMap { app in
            [userDetails(app)].compactMap { $0 }
                + grants(of: app).flatMap { name, audience, grant in handOut(name, audience, grant) }
        }
    }

    /// How many calls of STS `count` users cause who are active all the time, for each grant with `hand-out`.
    func estimates(activeUsers count: Int) -> [String] {
        settings.apps.flatMap { app in
            grants(of: app).compactMap { name, audience, grant in
                guard let handOut = grant.handOut else { return nil }
                let times = RefreshTimes(grant, handOut: handOut, settings.cache)
                let what = "\(name).hand-out: \(Self.text(handOut)): "
                switch (audience, grant.guestSessions) {
                case (.guest, .shared):
                    return what + "all guests share credentials, which each instance replaces every "
                        + "\(Int(times.child)) s at most"
                case (.guest, .perVisitor):
                    return what + "each response for a guest takes 2 calls of STS"
                case (.signedIn, _):
                    let (children, parents) = (Double(count) / times.child, Double(count) / times.parent)
                    let all = Self.text(children + parents)
                    let limit =
                        children + parents > Double(settings.stsRate)
                        ? "more than limits.sts-rate (\(settings.stsRate)) of one instance"
                        : "limits.sts-rate is \(settings.stsRate)"
                    return what
                        + "\(count) active users cause up to \(all) calls of STS a second (GetScopedCredentials "
                        + "\(Self.text(children)), sessions \(Self.text(parents))); \(limit)"
                }
            }
        }
    }

    private func grants(of app: AppSettings) -> [(name: String, audience: Grant.Audience, grant: GrantSettings)] {
        [(Grant.Audience.signedIn, app.signedIn), (.guest, app.guest)].compactMap { audience, grant in
            grant.map { ("apps.\(app.name).\(audience.rawValue)", audience, $0) }
        }
    }

    private func userDetails(_ app: AppSettings) -> String? {
        guard app.userDetails != .any, let grant = app.signedIn, grant.delivery != .proxy else { return nil }
        let name = "apps.\(app.name).signed-in.user-details: "
        return grant.delivery == .credentials
            ? name + "no effect with delivery credentials, which turns the signing proxy off"
            : name + "advisory with delivery both: users can get credentials and name anybody with them; delivery "
                + "proxy enforces it"
    }

    private func handOut(_ name: String, _ audience: Grant.Audience, _ grant: GrantSettings) -> [String] {
        guard let handOut = grant.handOut else { return [] }
        var notes: [String] = []
        if handOut < 900, grant.delivery != .proxy {
            notes.append(
                "\(name).hand-out: \(Self.text(handOut)) is less than the 15m that clients of AWS's container form "
                    + "expect: they fetch credentials for each use")
        }
        if audience == .guest, grant.exchange.kind == .cognito, !grant.exchange.sendsSessionPolicy {
            notes.append(
                "\(name).hand-out: AWS adds a policy of its own to the sessions of guests with flow enhanced, which may "
                    + "not allow \(SessionPolicy.scopingAction); flow basic has no such policy")
        }
        return notes
    }

    /// `5m` or `90s`.
    private static func text(_ seconds: Int) -> String {
        seconds.isMultiple(of: 60) ? "\(seconds / 60)m" : "\(seconds)s"
    }

    /// Calls a second, with one decimal place below 10.
    private static func text(_ rate: Double) -> String {
        rate < 10 ? "\((rate * 10).rounded(.up) / 10)" : "\(Int(rate.rounded(.up)))"
    }
}

/// After how many seconds of use a grant's credentials and their session are replaced.
private struct RefreshTimes {
    let child: Double
    let parent: Double

    init(_ grant: GrantSettings, handOut: Int, _ limits: CacheLimits) {
        let minimum = min(limits.minimumLife, Double(handOut) / 3)
        child = limits.refreshAge(lifetime: Double(handOut), minimumLife: minimum)
        parent = limits.refreshAge(
            lifetime: grant.session / .seconds(1), minimumLife: ParentSessions.minimumLife(handOut: handOut))
    }
}
