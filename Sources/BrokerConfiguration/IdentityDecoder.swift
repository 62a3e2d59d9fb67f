// SPDX-License-Identifier: Apache-2.0

import AWS
import Cryptography
import Foundation
import Tokens
import Vending

/// Decodes `minting`, `pseudonyms`, `denied` and `audit`.
struct IdentityDecoder {
    private let diagnostics: Diagnostics
    private let secrets: SecretReader

    init(_ diagnostics: Diagnostics, secrets: SecretReader) {
        self.diagnostics = diagnostics
        self.secrets = secrets
    }

    func readMinting(_ root: inout SettingsMapping) -> MintingSettings? {
        guard var minting = root.mapping("minting") else { return nil }
        let issuer = minting.value(
            "issuer", expected: "Purser's public https address, such as https://purser.example.com"
        ) { text in SettingsValues.issuer(text).map { Issuer($0) } }
        let keys = secrets.list("keys", in: &minting, expected: SigningKeyFile.expected) {
            content throws(KeyFileError) in try SigningKeyFile(content)
        }
        let identifiers = keys.map(\.signer.keyID)
        if Set(identifiers).count != identifiers.count {
            diagnostics.add(
                "\(minting.path("keys")): found one key twice; expected each key once", at: minting.lineOf("keys"))
        }
        minting.finish()
        guard let issuer, !keys.isEmpty else { return nil }
        return MintingSettings(issuer: issuer, keys: keys)
    }

    func readPseudonymKey(_ root: inout SettingsMapping) -> PseudonymKey? {
        guard var pseudonyms = root.mapping("pseudonyms") else { return nil }
        defer { pseudonyms.finish() }
        let expected =
            "a file with a key, as `purser keys new --pseudonyms` makes it, or env:NAME of a variable with its text"
        return secrets.one("key", in: &pseudonyms, expected: expected) { content throws(KeyFileError) in
            let text = String(decoding: content.bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard let key = Base64URL.decode(text).flatMap({ PseudonymKey($0) }) else {
                throw KeyFileError(description: "\(content.source): holds no valid key; expected \(expected)")
            }
            return key
        }
    }

    /// - Parameter key: `nil` if none is configured or it can't be read.
    func readDenied(_ root: inout SettingsMapping, key: PseudonymKey?) -> DeniedFile? {
        let path = root.value("denied", expected: "file: and \(DeniedFile.expected)", required: false) { text in
            let path = text.dropFirst("file:".count)
            return text.hasPrefix("file:") && !path.isEmpty ? String(path) : nil
        }
        guard let path else { return nil }
        guard let key else {
            if !root.holds("pseudonyms") {
                diagnostics.add(
                    "denied: found without `pseudonyms`; expected pseudonyms.key, the key of the list's pseudonyms",
                    at: root.lineOf("denied"))
            }
            return nil
        }
        do throws(ConfigurationError) {
            return try DeniedFile(path, relativeTo: diagnostics.file, key: key)
        } catch {
            diagnostics.add(error)
            return nil
        }
    }

    func readAudit(_ root: inout SettingsMapping) -> AuditSettings {
        var settings = AuditSettings()
        guard var audit = root.mapping("audit") else { return settings }
        let sink = audit.value("to", expected: "stderr, off, or a file such as file:/var/log/purser/audit.jsonl") {
            text -> AuditSettings.Sink? in
            switch text {
            case "stderr": return .standardError
            case "off": return .off
            default:
                let path = text.dropFirst("file:".count)
                guard text.hasPrefix("file:"), !path.isEmpty else { return nil }
                return .file(SettingsFile.url(String(path), relativeTo: diagnostics.file).path)
            }
        }
        if let sink { settings.sink = sink }
        func flag(_ name: String) -> Bool {
            let isSet = audit.value(name, expected: "true or false", required: false, SettingsValues.flag) ?? false
            if isSet, sink == .off {
                diagnostics.add(
                    "\(audit.path(name)): found true with no audit; expected `to: stderr` or a file",
                    at: audit.lineOf(name))
            }
            return isSet
        }
        settings.isRequired = flag("required")
        settings.recordsHits = flag("hits")
        audit.finish()
        return settings
    }
}
