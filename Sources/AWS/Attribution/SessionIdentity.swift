// SPDX-License-Identifier: Apache-2.0

import Vending

/// The name, source identity and tags of one session, as the grant's attribution defines them.
struct SessionIdentity: Sendable {
    let name: SessionName
    /// `SourceIdentity`; `nil` if the grant requires none, and for guests.
    let sourceIdentity: String?
    let tags: [(key: String, value: String)]
    /// The grant's transitive keys, without those for which the session has no tag.
    let transitiveTagKeys: [String]

    /// - Throws: if a claim is not a legal tag value. To drop the tag would lose attribution silently.
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
                throw ExchangeError(.refused, "AWS does not accept the value of the session tag \(tag.key)")
            }
            tags.append((tag.key, value))
        }
        self.tags = tags
        transitiveTagKeys = attribution.transitiveTagKeys.filter { key in tags.contains { $0.key == key } }
    }
}
