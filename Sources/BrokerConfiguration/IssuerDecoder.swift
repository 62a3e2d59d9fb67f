import Cryptography
import Tokens
import Vending
import Yams

/// One entry of `issuers`.
struct IssuerDecoder {
    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    /// What can be told of an entry, which may have other mistakes.
    struct Outcome {
        /// Apps may refer to it.
        var name: Issuer?
        /// `nil` where the issuer is not held to any, or not to exactly what the file says.
        var algorithms: [SignatureAlgorithm]?
        var issuer: IssuerSettings?
    }

    func read(_ node: Node, name: String) -> Outcome {
        guard var entry = SettingsMapping(node, name: name, diagnostics) else { return Outcome() }
        let issuer = entry.value("issuer", expected: SettingsValues.expectedIssuer, SettingsValues.issuer)
        let audiences = entry.list("audiences", expected: SettingsValues.expectedText, SettingsValues.text)
        let place = entry.value("keys", expected: Self.expectedKeys, Self.keys)
        let keys = place.flatMap { read($0, of: issuer, entry) }
        let before = diagnostics.problems.count
        let algorithms = entry.list("algorithms", expected: Self.expectedAlgorithm, required: false) {
            SignatureAlgorithm(rawValue: $0)
        }
        let told = diagnostics.problems.count == before
        let leeway = entry.value(
            "leeway", expected: "a duration of 0s to 5m", required: false,
            SettingsValues.duration(in: .zero ... .seconds(300)))
        let lifetime = entry.value(
            "maximum-lifetime", expected: "a duration of 1m to 720h", required: false,
            SettingsValues.duration(in: .seconds(60) ... .seconds(720 * 3600)))
        let requirements = RequirementDecoder(diagnostics).read(&entry)
        let staleness = entry.value(
            "maximum-staleness", expected: "a duration of 5m to 168h", required: false,
            SettingsValues.duration(in: .seconds(300) ... .seconds(168 * 3600)))
        let coolDown = entry.value(
            "refetch-cool-down", expected: "a duration of 1s to 1h", required: false,
            SettingsValues.duration(in: .seconds(1) ... .seconds(3600)))
        if case .path? = place {
            for name in ["maximum-staleness", "refetch-cool-down"] where entry.holds(name) {
                diagnostics.add(
                    "\(entry.path(name)): found with keys of a file, which are never fetched; expected it only with "
                        + "keys from the network", at: entry.lineOf(name))
            }
        }
        entry.finish()
        var outcome = Outcome(name: issuer.map { Issuer($0) }, algorithms: told ? algorithms : nil)
        guard let named = outcome.name, let audiences, let keys else { return outcome }
        outcome.issuer = IssuerSettings(
            issuer: named, audiences: audiences, keys: keys, algorithms: algorithms,
            leeway: leeway ?? IssuerRules.defaultLeeway,
            maximumLifetime: lifetime ?? IssuerRules.defaultMaximumLifetime, requirements: requirements,
            maximumStaleness: staleness ?? RemoteKeys.maximumStalenessByDefault,
            refetchCoolDown: coolDown ?? RemoteKeys.coolDownByDefault)
        return outcome
    }

    /// `nil` without a finding where discovery has no issuer to begin from: that is a finding of its own.
    private func read(_ place: Place, of issuer: String?, _ entry: SettingsMapping) -> IssuerSettings.Keys? {
        switch place {
        case .url(let url): return .remote(.url(url))
        case .discovery: return issuer.map { .remote(.discovery(Issuer($0))) }
        case .path(let path):
            do throws(KeyFileError) {
                return .file(try KeyFile(path, relativeTo: diagnostics.file))
            } catch {
                diagnostics.add("\(entry.path("keys")): \(error)", at: entry.lineOf("keys"))
                return nil
            }
        }
    }

    private enum Place {
        case path(String)
        case url(KeySetURL)
        case discovery
    }

    private static let expectedKeys =
        "discovery, the https address of a JWKS (http only on the loopback), or file:PATH of a JWKS or PEM file"

    private static let expectedAlgorithm =
        "one of \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))"

    private static func keys(_ text: String) -> Place? {
        if text == "discovery" { return .discovery }
        if text.hasPrefix("file:") {
            let path = String(text.dropFirst("file:".count))
            return path.isEmpty ? nil : .path(path)
        }
        return (try? KeySetURL(text)).map { .url($0) }
    }
}
