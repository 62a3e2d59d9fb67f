// SPDX-License-Identifier: Apache-2.0

/// How a session identifies its user to AWS.
package struct Attribution: Hashable, Sendable {
    /// The user's name in session names, in `SourceIdentity` and in the audit trail.
    package enum Naming: String, CaseIterable, Sendable {
        case pseudonym
        /// The subject itself, as far as AWS's alphabet allows.
        case clear
    }

    package var naming: Naming
    /// Whether the sessions of signed-in users have a `SourceIdentity`.
    package var sourceIdentity: Bool
    /// At most `SessionTagRule.limit`.
    package var tags: [SessionTagRule]
    /// Keys of the tags that a session keeps when it assumes another role (role chaining).
    package var transitiveTagKeys: [String]

    package init(
        naming: Naming = .pseudonym, sourceIdentity: Bool = false, tags: [SessionTagRule] = [],
        transitiveTagKeys: [String] = []
    ) {
        self.naming = naming
        self.sourceIdentity = sourceIdentity
        self.tags = tags
        self.transitiveTagKeys = transitiveTagKeys
    }

    /// The claims that are sources of tags.
    package var claims: [ClaimPath] {
        tags.compactMap { if case .claim(let path) = $0.source { path } else { nil } }
    }

    /// No two attributions have one list, so the tags are counted, like the names of a claim.
    var fields: [String] {
        [naming.rawValue, String(sourceIdentity), String(tags.count)]
            + tags.flatMap { [$0.key] + $0.source.fields } + transitiveTagKeys
    }
}
