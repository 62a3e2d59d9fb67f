/// What AWS is told about whose session it is.
package struct Attribution: Hashable, Sendable {
    /// How a user is called: in session names, in SourceIdentity, and in the audit trail.
    package enum Naming: String, CaseIterable, Sendable {
        case pseudonym
        /// The subject itself, as far as AWS's alphabet has it.
        case clear
    }

    package var naming: Naming
    /// Whether the session says in `SourceIdentity` whose it is; of users only.
    package var sourceIdentity: Bool
    /// Session tags, at most 50.
    package var tags: [SessionTagRule]
    /// Keys of the tags that a session keeps when it takes another role.
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

    /// The claims that tags are made of.
    package var claims: [ClaimPath] {
        tags.compactMap { if case .claim(let path) = $0.source { path } else { nil } }
    }

    var fields: [String] {
        [naming.rawValue, String(sourceIdentity)]
            + tags.flatMap { [$0.key] + $0.source.fields } + ["transitive"] + transitiveTagKeys
    }
}
