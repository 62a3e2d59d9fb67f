// SPDX-License-Identifier: Apache-2.0

package import Vending

/// The exchange `assume-role`: `AssumeRole`, signed with the broker's AWS credentials, for users and guests.
package struct AssumeRoleExchange: Sendable {
    private let sts: STSClient
    private let brokerCredentials: any BrokerCredentialProvider
    private let pseudonyms: PseudonymKey

    package init(
        sts: STSClient, brokerCredentials: any BrokerCredentialProvider, pseudonyms: PseudonymKey
    ) {
        self.sts = sts
        self.brokerCredentials = brokerCredentials
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
            .assumeRole(RoleSession(request, role: role, name: identity.name), options), for: request.exchangeShare,
            signedBy: brokerCredentials)
    }
}
