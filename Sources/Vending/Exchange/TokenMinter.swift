// SPDX-License-Identifier: Apache-2.0

/// The port to Purser as an issuer: signs a web-identity token for one exchange.
package protocol TokenMinter: Sendable {
    func mint(_ claims: MintedClaims) throws(ExchangeError) -> WebIdentityToken
}

/// The claims of a minted token.
package struct MintedClaims: Sendable {
    /// `sub`: a pseudonym, or the name of the guests' session.
    package let subject: String
    /// Session tags.
    package let tags: [(key: String, value: String)]
    package let transitiveTagKeys: [String]
    package let sourceIdentity: String?

    package init(
        subject: String, tags: [(key: String, value: String)], transitiveTagKeys: [String], sourceIdentity: String?
    ) {
        self.subject = subject
        self.tags = tags
        self.transitiveTagKeys = transitiveTagKeys
        self.sourceIdentity = sourceIdentity
    }
}
