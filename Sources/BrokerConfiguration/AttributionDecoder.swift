// SPDX-License-Identifier: Apache-2.0

import AWS
import Vending
import Yams

/// Decodes how a grant identifies the user to AWS: `subject`, `source-identity`, `tags`, `transitive-tags`.
struct AttributionDecoder {
    static let keys = ["subject", "source-identity", "tags", "transitive-tags"]

    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    /// - Parameter issuers: the trusted issuers. A tag with the source `issuer` has one of them as its value.
    func read(
        _ mapping: inout SettingsMapping, _ audience: Grant.Audience, _ exchange: Grant.Exchange.Kind?,
        issuers: [Issuer]
    ) -> Attribution {
        rejectUnsupportedSettings(&mapping, audience, exchange)
        var attribution = Attribution(sourceIdentity: audience == .signedIn && exchange?.carriesAttributes == true)
        let namings = Attribution.Naming.allCases.map(\.rawValue).joined(separator: " or ")
        if let naming = mapping.value(
            "subject", expected: namings, required: false, Attribution.Naming.init(rawValue:))
        {
            attribution.naming = naming
        }
        if let isEnabled = mapping.value(
            "source-identity", expected: "true or false", required: false, SettingsValues.flag)
        {
            attribution.sourceIdentity = isEnabled
        }
        attribution.tags = readTags(&mapping, audience, issuers)
        let keys = attribution.tags.map(\.key)
        attribution.transitiveTagKeys =
            mapping.list(
                "transitive-tags",
                expected: keys.isEmpty ? "a key of `tags` (it has none)" : keys.joined(separator: ", "),
                required: false
            ) { keys.contains($0) ? $0 : nil } ?? []
        return attribution
    }

    /// Reports settings that AWS does not support with this exchange or audience.
    private func rejectUnsupportedSettings(
        _ mapping: inout SettingsMapping, _ audience: Grant.Audience, _ exchange: Grant.Exchange.Kind?
    ) {
        func reject(_ keys: [String], _ reason: String) {
            for key in keys where mapping.holds(key) {
                diagnostics.add("\(mapping.path(key)): \(reason)", at: mapping.lineOf(key))
            }
        }
        if let exchange, !exchange.carriesAttributes {
            reject(
                ["source-identity", "tags", "transitive-tags"],
                "not with exchange \(exchange.rawValue), \(exchange.whyNoAttributes); expected exchange assume-role or minted"
            )
        }
        if audience == .guest {
            reject(["subject", "source-identity"], "guests have no subject; expected it for signed-in only")
        }
    }

    private func readTags(
        _ mapping: inout SettingsMapping, _ audience: Grant.Audience, _ issuers: [Issuer]
    ) -> [SessionTagRule] {
        guard let tags = mapping.mapping("tags") else { return [] }
        if !(1...SessionTagRule.limit).contains(tags.entries.count) {
            diagnostics.add(
                "\(tags.name): found \(tags.entries.count) tags; expected 1 to \(SessionTagRule.limit)", at: tags.line)
        }
        var read: [SessionTagRule] = []
        for entry in tags.entries {
            guard let source = readSource(entry.node, "\(tags.name).\(entry.key)", audience, issuers) else { continue }
            guard let tag = SessionTagRule(key: entry.key, source: source) else {
                diagnostics.add(
                    tags.name, found: entry.key,
                    expected: "a tag key of 1–128 letters, digits, spaces and _ . : / = + - @, not beginning with aws:",
                    at: entry.line)
                continue
            }
            if read.contains(where: { $0.key.lowercased() == tag.key.lowercased() }) {
                diagnostics.add(
                    tags.name, found: entry.key, expected: "each key once: AWS ignores the case of tag keys",
                    at: entry.line)
            }
            read.append(tag)
        }
        return read
    }

    private func readSource(
        _ node: Node, _ name: String, _ audience: Grant.Audience, _ issuers: [Issuer]
    ) -> SessionTagRule.Source? {
        switch (node, node.scalar?.string) {
        case (_, "app"?): return .app
        case (_, "issuer"?) where audience == .signedIn:
            for issuer in issuers
            where issuer.rawValue.unicodeScalars.count > SessionTagRule.valueLimit
                || !SessionTagRule.isLegal(issuer.rawValue)
            {
                diagnostics.add(
                    "\(name): issuer \(issuer) is not a value that AWS accepts for a tag; expected another tag",
                    at: node.line)
            }
            return .issuer
        case (.mapping, _) where audience == .signedIn:
            guard var mapping = SettingsMapping(node, name: name, diagnostics) else { return nil }
            let path = RequirementDecoder(diagnostics).readClaim(&mapping)
            mapping.finish()
            return path.map { .claim($0) }
        default:
            let expected = audience == .guest ? "app" : "app, issuer, or a mapping such as {claim: department}"
            diagnostics.add("\(name): found \(node.kind); expected \(expected)", at: node.line)
            return nil
        }
    }
}

extension Grant.Exchange.Kind {
    /// Whether Purser can set the tags and the source identity of a session.
    var carriesAttributes: Bool {
        switch self {
        case .assumeRole, .minted: true
        case .webIdentity, .cognito: false
        }
    }

    var whyNoAttributes: String {
        switch self {
        case .webIdentity: "where AWS takes them only from claims of the user's token"
        case .cognito: "where the identity pool sets them"
        case .assumeRole, .minted: ""
        }
    }
}
