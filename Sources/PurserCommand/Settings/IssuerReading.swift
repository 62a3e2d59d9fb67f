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

    /// What can be told of an entry, which may have other mistakes.
    struct Outcome {
        /// Apps may refer to it.
        var name: Issuer?
        /// `nil` where the issuer is not held to any, or not to exactly what the file says.
        var algorithms: [SignatureAlgorithm]?
        var issuer: Settings.Issuer?
    }

    func read(_ node: Node, name: String) -> Outcome {
        guard var entry = SettingsMapping(node, name: name, findings) else { return Outcome() }
        let issuer = entry.value("issuer", expected: SettingsValues.expectedIssuer, SettingsValues.issuer)
        let audiences = entry.list("audiences", expected: SettingsValues.expectedText, SettingsValues.text)
        let keys = entry.value("keys", expected: Self.expectedKeys, Self.keys).flatMap { read($0, entry) }
        let before = findings.problems.count
        let algorithms = entry.list("algorithms", expected: Self.expectedAlgorithm, required: false) {
            SignatureAlgorithm(rawValue: $0)
        }
        let told = findings.problems.count == before
        let leeway = entry.value(
            "leeway", expected: "a duration of 0s to 5m", required: false,
            SettingsValues.duration(in: .zero ... .seconds(300)))
        let lifetime = entry.value(
            "maximum-lifetime", expected: "a duration of 1m to 720h", required: false,
            SettingsValues.duration(in: .seconds(60) ... .seconds(720 * 3600)))
        entry.finish()
        var outcome = Outcome(name: issuer.map { Issuer($0) }, algorithms: told ? algorithms : nil)
        guard let named = outcome.name, let audiences, let keys else { return outcome }
        outcome.issuer = Settings.Issuer(
            issuer: named, audiences: audiences, keys: keys, algorithms: algorithms, leeway: leeway ?? .seconds(60),
            maximumLifetime: lifetime ?? .seconds(86_400))
        return outcome
    }

    private func read(_ place: KeyPlace, _ entry: SettingsMapping) -> Settings.Issuer.Keys? {
        switch place {
        case .url(let url): return .url(url)
        case .path(let path):
            do throws(KeyFile.Problem) {
                return .file(try KeyFile.read(path, relativeTo: findings.file))
            } catch {
                findings.add("\(entry.path("keys")): \(error.words)", at: entry.lineOf("keys"))
                return nil
            }
        }
    }

    private enum KeyPlace {
        case path(String)
        case url(KeySetURL)
    }

    private static let expectedKeys =
        "file:PATH of a JWKS or PEM file, or the https address of a JWKS (http only on the loopback)"

    private static let expectedAlgorithm =
        "one of \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))"

    private static func keys(_ text: String) -> KeyPlace? {
        if text.hasPrefix("file:") {
            let path = String(text.dropFirst("file:".count))
            return path.isEmpty ? nil : .path(path)
        }
        return (try? KeySetURL(text)).map { .url($0) }
    }
}
