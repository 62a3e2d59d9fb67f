import Vending

/// What one session is called and what it carries, by its grant's attribution.
struct SessionIdentity: Sendable {
    let name: SessionName
    /// `SourceIdentity`; `nil` where the grant asks for none, and for guests.
    let sourceIdentity: String?
    let tags: [(key: String, value: String)]
    /// Those of the keys that the session has a tag of.
    let transitiveTagKeys: [String]

    /// - Throws: where a claim does not fit in a tag: attribution is not to be lost unseen.
    init(_ request: ExchangeRequest, _ pseudonyms: PseudonymKey) throws(ExchangeError) {
        let (grant, attribution) = (request.grant, request.grant.attribution)
        switch request.holder {
        case .user(let identity, _):
            name =
                switch attribution.naming {
                case .pseudonym: SessionName(pseudonyms.pseudonym(identity.issuer, identity.subject))
                case .clear: SessionName(issuer: identity.issuer, subject: identity.subject)
                }
            sourceIdentity = attribution.sourceIdentity ? name.text : nil
        case .guests:
            name = SessionName(guestsOf: grant.app)
            sourceIdentity = nil
        case .visitor(let identifier):
            name = SessionName(visitor: identifier)
            sourceIdentity = nil
        }
        var tags: [(key: String, value: String)] = []
        for tag in attribution.tags {
            guard let value = tag.value(app: grant.app, identity: request.identity) else { continue }
            guard value.unicodeScalars.count <= SessionTagRule.valueLimit, SessionTagRule.isLegal(value) else {
                throw ExchangeError(.refused, "the value of the session tag \(tag.key) is not one that AWS takes")
            }
            tags.append((tag.key, value))
        }
        self.tags = tags
        transitiveTagKeys = attribution.transitiveTagKeys.filter { key in tags.contains { $0.key == key } }
    }
}
