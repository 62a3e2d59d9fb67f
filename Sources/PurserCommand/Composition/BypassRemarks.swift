// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Vending

/// Warnings about controls that users can go around: a role that trusts the user's own token, or an identity pool that
/// takes it, gives them sessions without Purser.
enum BypassRemarks {
    static func texts(_ settings: Settings) -> [String] {
        settings.apps.compactMap { app in
            guard let kind = app.signedIn?.exchange.kind, kind == .webIdentity || kind == .cognito else { return nil }
            let controls = controls(of: app, settings)
            guard !controls.isEmpty else { return nil }
            let place = kind == .webIdentity ? "STS" : "Cognito"
            return "apps.\(app.name).signed-in: exchange \(kind.rawValue): users hold the token that \(place) accepts, "
                + "and can get sessions without Purser, where these have no effect: \(controls.joined(separator: ", ")). "
                + "Prefer assume-role or minted; docs/revocation.md has what else helps"
        }
    }

    private static func controls(of app: AppSettings, _ settings: Settings) -> [String] {
        let issuers = settings.issuers.filter { app.issuers.contains($0.issuer) }
        var controls: [String] = []
        if settings.denied != nil { controls.append("denied") }
        if !app.requirements.isEmpty || issuers.contains(where: { !$0.requirements.isEmpty }) {
            controls.append("require")
        }
        if issuers.contains(where: \.limitsLifetime) { controls.append("maximum-lifetime") }
        if issuers.contains(where: { $0.logout != nil }) { controls.append("backchannel-logout") }
        return controls
    }
}
