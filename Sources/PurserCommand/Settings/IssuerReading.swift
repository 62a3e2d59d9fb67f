import Cryptography
import Tokens
import Vending
import Yams

/// One entry of `issuers`.
struct IssuerReading {
    private let findings: SettingsFindings

    init(_ findings: SettingsFindings) {
        self.findings = findings
    }

    func read(_ node: Node, name: String) -> Settings.Issuer? {
        guard var entry = SettingsMapping(node, name: name, findings) else { return nil }
        let issuer = entry.value("issuer", expected: SettingsValues.expectedIssuer, SettingsValues.issuer)
        let audiences = entry.list("audiences", expected: "audience", SettingsValues.text)
        let keys = entry.value("keys", expected: Self.expectedKeys, Self.keys)
        let algorithms = entry.list("algorithms", expected: Self.expectedAlgorithm, required: false) {
            SignatureAlgorithm(rawValue: $0)
        }
        let leeway = entry.value(
            "leeway", expected: "a duration of 0s to 5m", required: false,
            SettingsValues.duration(in: .zero ... .seconds(300)))
        let lifetime = entry.value(
            "maximum-lifetime", expected: "a duration of 1m to 720h", required: false,
            SettingsValues.duration(in: .seconds(60) ... .seconds(720 * 3600)))
        entry.finish()
        guard let issuer, let audiences, let keys else { return nil }
        return Settings.Issuer(
            issuer: Issuer(issuer), audiences: audiences, keys: keys, keysLine: entry.lineOf("keys"),
            algorithms: algorithms, leeway: leeway ?? .seconds(60), maximumLifetime: lifetime ?? .seconds(86_400))
    }

    private static let expectedKeys =
        "file:PATH of a JWKS or PEM file, or the https address of a JWKS (http only on the loopback)"

    private static let expectedAlgorithm =
        "one of \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))"

    private static func keys(_ text: String) -> Settings.Issuer.Keys? {
        if text.hasPrefix("file:") {
            let path = String(text.dropFirst("file:".count))
            return path.isEmpty ? nil : .file(path)
        }
        return (try? KeySetURL(text)).map { .url($0) }
    }
}
