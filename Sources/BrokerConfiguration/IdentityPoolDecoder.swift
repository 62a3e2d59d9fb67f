import Vending
import Yams

/// What a grant of the exchange `cognito` says of its identity pool: `identity-pool`, `flow`, `login`.
struct IdentityPoolDecoder {
    enum Flow: String, CaseIterable {
        case enhanced
        case basic
    }

    struct Read {
        let flow: Flow
        fileprivate let id: String?
        fileprivate let login: String?

        /// `nil` where something is missing, which has been told.
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
        let words = Flow.allCases.map(\.rawValue).joined(separator: " or ")
        let flow = mapping.value("flow", expected: words, required: false, Flow.init(rawValue:)) ?? .enhanced
        let login = mapping.value(
            "login", expected: "the provider's name in Logins: 1–128 visible characters without a scheme",
            required: false
        ) { IdentityPool.isProviderName($0) ? $0 : nil }
        if flow == .enhanced { refuseWhatCognitoDecides(&mapping) }
        return Read(flow: flow, id: id, login: login)
    }

    /// In the enhanced flow Cognito takes the role itself: for an hour, under names of its own.
    private func refuseWhatCognitoDecides(_ mapping: inout SettingsMapping) {
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
            expected: "1h with flow enhanced, whose sessions last just that; flow basic has others",
            at: mapping.lineOf("session"))
    }
}
