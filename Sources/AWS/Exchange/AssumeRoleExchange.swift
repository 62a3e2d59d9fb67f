package import Vending

/// The exchange `assume-role`: `AssumeRole`, signed with Purser's own credentials, for users and guests.
package struct AssumeRoleExchange: CredentialExchange {
    private let sts: STSClient
    private let own: any OwnCredentialProvider

    package init(sts: STSClient, own: any OwnCredentialProvider) {
        self.sts = sts
        self.own = own
    }

    package func exchange(_ request: ExchangeRequest) async throws(ExchangeFailure) -> TemporaryCredentials {
        let name =
            switch request.holder {
            case .user(let identity, _): SessionName(issuer: identity.issuer, subject: identity.subject)
            case .guests: SessionName(guestsOf: request.grant.app)
            }
        return try await sts.assume(.assumeRole(RoleSession(request.grant, name: name)), signedBy: own)
    }
}
