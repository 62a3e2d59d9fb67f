package import Vending

/// The exchange `assume-role`: `AssumeRole`, signed with Purser's own credentials, for users and guests.
package struct AssumeRoleExchange: Sendable {
    private let sts: STSClient
    private let own: any BrokerCredentialProvider
    private let pseudonyms: PseudonymKey

    package init(sts: STSClient, own: any BrokerCredentialProvider, pseudonyms: PseudonymKey) {
        self.sts = sts
        self.own = own
        self.pseudonyms = pseudonyms
    }

    package func exchange(
        _ request: ExchangeRequest, role: String, externalID: String?
    ) async throws(ExchangeError) -> TemporaryCredentials {
        let identity = try SessionIdentity(request, pseudonyms)
        let options = AssumeRoleOptions(
            tags: identity.tags, transitiveTagKeys: identity.transitiveTagKeys,
            sourceIdentity: identity.sourceIdentity, externalID: externalID)
        return try await sts.assume(
            .assumeRole(RoleSession(request, role: role, name: identity.name), options), for: request.grant.app,
            signedBy: own)
    }
}
