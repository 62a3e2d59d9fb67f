// SPDX-License-Identifier: Apache-2.0

import Vending
import Yams

/// Decodes the identity pool of a grant with the exchange `cognito`: `identity-pool`, `flow`, `login`.
struct IdentityPoolDecoder {
    enum Flow: String, CaseIterable {
        case enhanced
        case basic
    }

    struct Read {
        let flow: Flow
        fileprivate let id: String?
        fileprivate let login: String?

        /// `nil` if a setting is missing or invalid; its diagnostic is already added.
        func pool(role: String?) -> IdentityPool? {
            guard let id else { return nil }
            switch flow {
            case .enhanced: return IdentityPool(id: id, flow: .enhanced(customRole: role), login: login)
            case .basic: return role.flatMap { IdentityPool(id: id, flow: .basic(role: $0), login: login) }
            }
        }
    }

    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    /// - Returns: `nil` for another exchange.
    func read(_ mapping: inout SettingsMapping, _ kind: Grant.Exchange.Kind?) -> Read? {
        guard kind == .cognito else {
            if let kind {
                for key in ["identity-pool", "flow", "login"] where mapping.holds(key) {
                    diagnostics.add(
                        "\(mapping.path(key)): not with exchange \(kind.rawValue); expected it with cognito only",
                        at: mapping.lineOf(key))
                    _ = mapping.optional(key)
                }
            }
            return nil
        }
        let id = mapping.value(
            "identity-pool", expected: "an identity pool's id, such as us-west-2:11111111-2222-3333-4444-555555555555"
        ) { IdentityPool.isID($0) ? $0 : nil }
        let allowed = Flow.allCases.map(\.rawValue).joined(separator: " or ")
        let flow = mapping.value("flow", expected: allowed, required: false, Flow.init(rawValue:)) ?? .enhanced
        let login = mapping.value(
            "login", expected: "the provider's name in Logins: 1–128 visible characters without a scheme",
            required: false
        ) { IdentityPool.isProviderName($0) ? $0 : nil }
        if flow == .enhanced { rejectSettingsThatCognitoControls(&mapping) }
        return Read(flow: flow, id: id, login: login)
    }

    /// In the enhanced flow, Cognito assumes the role: for one hour, with session names that it chooses.
    private func rejectSettingsThatCognitoControls(_ mapping: inout SettingsMapping) {
        if mapping.holds("subject") {
            diagnostics.add(
                "\(mapping.path("subject")): not with flow enhanced, where Cognito names the sessions; expected flow basic",
                at: mapping.lineOf("subject"))
        }
        guard mapping.holds("session"), let text = mapping.optional("session")?.scalar?.string,
            let session = SettingsValues.duration(text), session != .seconds(3_600)
        else { return }
        diagnostics.add(
            mapping.path("session"), found: text,
            expected: "1h with flow enhanced, whose sessions always last 1h; flow basic allows other durations",
            at: mapping.lineOf("session"))
    }
}
