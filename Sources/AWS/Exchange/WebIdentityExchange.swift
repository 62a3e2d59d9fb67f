package import Vending

/// The exchange `web-identity`: the user's own token to `AssumeRoleWithWebIdentity`. AWS verifies the token once more.
package struct WebIdentityExchange: CredentialExchange {
    private let sts: STSClient

    package init(sts: STSClient) {
        self.sts = sts
    }

    package func exchange(_ request: ExchangeRequest) async throws(ExchangeFailure) -> TemporaryCredentials {
        guard case .user(let identity, let token) = request.holder else {
            throw ExchangeFailure(.refused, "web-identity needs a user's token, and guests have none")
        }
        // AssumeRoleWithWebIdentity `WebIdentityToken`.
        guard (4...20_000).contains(token.rawValue.utf8.count) else {
            throw ExchangeFailure(.refused, "the token's length is not within STS's 4 to 20,000 characters")
        }
        let name = SessionName(issuer: identity.issuer, subject: identity.subject)
        return try await sts.assume(
            .assumeRoleWithWebIdentity(RoleSession(request.grant, name: name), token: token))
    }
}

extension RoleSession {
    /// The grant's role, for its duration, with its policy.
    init(_ grant: Grant, name: SessionName) {
        self.init(
            roleARN: grant.roleARN, sessionName: name.text, durationSeconds: grant.sessionDuration,
            policy: grant.policy.json)
    }
}
