// SPDX-License-Identifier: Apache-2.0

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

    /// What could be decoded of an entry. Other settings of the entry may have mistakes.
    struct Outcome {
        /// `nil` if the entry has no valid name. Apps refer to the issuer by this name.
        var name: Issuer?
        /// `nil` if the entry does not limit the algorithms, or has an invalid one.
        var algorithms: [SignatureAlgorithm]?
        /// `nil` if a list of the clients of tokens is invalid.
        var clients: TokenClients?
        var issuer: IssuerSettings?
        /// `nil` if the entry has no `backchannel-logout`.
        var logout: LogoutDecoder.Entry?
    }

    func read(_ node: Node, name: String) -> Outcome {
        guard var entry = SettingsMapping(node, name: name, diagnostics) else { return Outcome() }
        let issuer = entry.value("issuer", expected: SettingsValues.expectedIssuer, SettingsValues.issuer)
        let clientProblems = diagnostics.problems.count
        let audiences = entry.list("audiences", expected: SettingsValues.expectedText, SettingsValues.text)
        let parties = entry.list(
            "authorized-parties", expected: SettingsValues.expectedText, required: false, SettingsValues.text)
        let areClientsValid = diagnostics.problems.count == clientProblems
        let location = entry.value("keys", expected: Self.expectedKeys, Self.keys)
        let keys = location.flatMap { read($0, of: issuer, entry) }
        let problemCount = diagnostics.problems.count
        let algorithms = entry.list("algorithms", expected: Self.expectedAlgorithm, required: false) {
            SignatureAlgorithm(rawValue: $0)
        }
        let areAlgorithmsValid = diagnostics.problems.count == problemCount
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
        let logout = LogoutDecoder(diagnostics).readIssuer(&entry)
        let burst = entry.value(
            "refetch-burst", expected: "a number of 1 to 100", required: false, SettingsValues.number(in: 1...100))
        if case .path? = location {
            for name in ["maximum-staleness", "refetch-cool-down", "refetch-burst"] where entry.holds(name) {
                diagnostics.add(
                    "\(entry.path(name)): found with a key file, which is never fetched; expected it only with "
                        + "keys from the network", at: entry.lineOf(name))
            }
        }
        entry.finish()
        var outcome = Outcome(name: issuer.map { Issuer($0) }, algorithms: areAlgorithmsValid ? algorithms : nil)
        if entry.holds("backchannel-logout") {
            outcome.logout = LogoutDecoder.Entry(
                name: logout?.name, path: entry.path("backchannel-logout"), line: entry.lineOf("backchannel-logout"))
        }
        if areClientsValid, let audiences {
            outcome.clients = TokenClients(audiences: audiences, authorizedParties: parties ?? [])
        }
        guard let issuerName = outcome.name, let audiences, let keys else { return outcome }
        outcome.issuer = IssuerSettings(
            issuer: issuerName, audiences: audiences, authorizedParties: parties ?? [], keys: keys,
            algorithms: algorithms,
            leeway: leeway ?? IssuerRules.defaultLeeway,
            maximumLifetime: lifetime ?? IssuerRules.defaultMaximumLifetime, requirements: requirements,
            maximumStaleness: staleness ?? RemoteKeys.maximumStalenessByDefault,
            refetchCoolDown: coolDown ?? RemoteKeys.coolDownByDefault,
            refetchBurst: burst ?? RemoteKeys.burstByDefault, logout: logout, limitsLifetime: lifetime != nil)
        return outcome
    }

    /// `nil` without a diagnostic if discovery has no valid issuer: `issuer` already has one.
    private func read(_ location: KeyLocation, of issuer: String?, _ entry: SettingsMapping) -> IssuerSettings.Keys? {
        switch location {
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

    private enum KeyLocation {
        case path(String)
        case url(KeySetURL)
        case discovery
    }

    private static let expectedKeys =
        "discovery, the https address of a JWKS (http only on the loopback), or file:PATH of a JWKS or PEM file"

    private static let expectedAlgorithm =
        "one of \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))"

    private static func keys(_ text: String) -> KeyLocation? {
        if text == "discovery" { return .discovery }
        if text.hasPrefix("file:") {
            let path = String(text.dropFirst("file:".count))
            return path.isEmpty ? nil : .path(path)
        }
        return (try? KeySetURL(text)).map { .url($0) }
    }
}
