// SPDX-License-Identifier: Apache-2.0

import AWS
import Tokens
import Vending
import Yams

/// Decodes `logouts`, and `backchannel-logout` of issuers.
struct LogoutDecoder {
    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    func readIssuer(_ entry: inout SettingsMapping) -> IssuerLogoutSettings? {
        guard var logout = entry.mapping("backchannel-logout", expected: "a mapping with a name") else { return nil }
        let name = logout.value("name", expected: Self.expectedName, Self.name)
        let audiences = logout.list(
            "audiences", expected: SettingsValues.expectedText, required: false, SettingsValues.text)
        logout.finish()
        return name.map { IssuerLogoutSettings(name: $0, audiences: audiences) }
    }

    /// - Parameters:
    ///   - issuers: each `backchannel-logout`, valid or not; `nil` if `issuers` could not be decoded.
    ///   - key: `nil` if none is configured or it can't be read.
    func readLogouts(_ root: inout SettingsMapping, issuers: [Entry]?, key: PseudonymKey?) -> LogoutSettings? {
        checkNames(issuers ?? [])
        guard var logouts = root.mapping("logouts", expected: "a mapping with a file") else {
            if let first = issuers?.first, !root.holds("logouts") {
                diagnostics.add(
                    "\(first.path): found without `logouts`; expected logouts.file, where logouts are kept across "
                        + "restarts", at: first.line)
            }
            return nil
        }
        let path = logouts.value("file", expected: LogoutFile.expected, SettingsValues.text)
        let entries = logouts.value(
            "entries", expected: "a number of 1000 to 1000000", required: false,
            SettingsValues.number(in: 1_000...1_000_000))
        logouts.finish()
        if issuers?.isEmpty == true {
            diagnostics.add(
                "logouts: found without an issuer that sends logout tokens; expected backchannel-logout in an entry of "
                    + "`issuers`", at: root.lineOf("logouts"))
        }
        guard let path else { return nil }
        guard let key else {
            if !root.holds("pseudonyms") {
                diagnostics.add(
                    "logouts: found without `pseudonyms`; expected pseudonyms.key, the key of the file's hashes",
                    at: root.lineOf("logouts"))
            }
            return nil
        }
        let file = LogoutFile(path, relativeTo: diagnostics.file, keyID: key.keyID)
        do throws(ConfigurationError) {
            _ = try file.read()
        } catch {
            diagnostics.add(error)
            return nil
        }
        return LogoutSettings(file: file, entries: entries ?? LogoutSettings.entriesByDefault)
    }

    /// A `backchannel-logout`, where it is written.
    struct Entry {
        /// `nil` if it is invalid.
        let name: String?
        let path: String
        let line: Int?
    }

    private func checkNames(_ entries: [Entry]) {
        var names: Set<String> = []
        for entry in entries {
            guard let name = entry.name, !names.insert(name).inserted else { continue }
            diagnostics.add("\(entry.path).name", found: name, expected: "each name once", at: entry.line)
        }
    }

    private static let expectedName = "a name for the address: 1–64 of a–z 0–9 and - between them"

    private static func name(_ text: String) -> String? {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        }
        return isName && (1...64).contains(text.utf8.count) ? text : nil
    }
}
