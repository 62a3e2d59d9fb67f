// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Vending

/// Decodes `audiences` and `authorized-parties` of an app's signed-in users.
struct TokenClientsDecoder {
    private let diagnostics: Diagnostics
    /// Of each issuer whose lists are valid.
    private let known: [Issuer: TokenClients]

    init(_ diagnostics: Diagnostics, known: [Issuer: TokenClients]) {
        self.diagnostics = diagnostics
        self.known = known
    }

    /// - Parameter issuers: of the app.
    func read(_ mapping: inout SettingsMapping, issuers: [Issuer]) -> TokenClients {
        TokenClients(
            audiences: read("audiences", &mapping, issuers, \.audiences),
            authorizedParties: read("authorized-parties", &mapping, issuers, \.authorizedParties))
    }

    /// A name that no issuer of the app lists would never match, and an issuer without any of the names could never
    /// serve a user. Both are mistakes.
    private func read(
        _ key: String, _ mapping: inout SettingsMapping, _ issuers: [Issuer],
        _ list: (TokenClients) -> [String]
    ) -> [String] {
        let lists = issuers.compactMap { issuer in known[issuer].map { (issuer, names: list($0)) } }
        // An issuer with a mistake in its lists could list any name, and one without a list allows all names.
        let isOpen = lists.count < issuers.count || lists.isEmpty || lists.contains { $0.names.isEmpty }
        let listed = lists.flatMap(\.names)
        let problemCount = diagnostics.problems.count
        let names =
            mapping.list(
                key,
                expected: isOpen
                    ? SettingsValues.expectedText : "one that the app's issuers list: \(Self.text(listed))",
                required: false
            ) { text in
                SettingsValues.text(text).flatMap { name in
                    isOpen || listed.contains { $0.isExactly(name) } ? name : nil
                }
            } ?? []
        guard !names.isEmpty, diagnostics.problems.count == problemCount else { return names }
        for (issuer, own) in lists where !own.isEmpty {
            guard !own.contains(where: { own in names.contains { $0.isExactly(own) } }) else { continue }
            diagnostics.add(
                "\(mapping.path(key)): found none of the \(key) of \(issuer); expected at least one of "
                    + "\(Self.text(own)), or another list of issuers", at: mapping.lineOf(key))
        }
        return names
    }

    private static func text(_ names: [String]) -> String { names.prefix(10).joined(separator: ", ") }
}
