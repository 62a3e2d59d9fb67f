// SPDX-License-Identifier: Apache-2.0

package import Vending

/// The exchange `web-identity`: sends the user's own token to `AssumeRoleWithWebIdentity`. AWS verifies the token
/// again.
package struct WebIdentityExchange: Sendable {
    private let sts: STSClient
    private let pseudonyms: PseudonymKey

    package init(sts: STSClient, pseudonyms: PseudonymKey) {
        self.sts = sts
        self.pseudonyms = pseudonyms
    }

    package func exchange(
        _ request: ExchangeRequest, role: String
    ) async throws(ExchangeError) -> TemporaryCredentials {
        guard case .user(_, let token) = request.holder else {
            throw ExchangeError(.refused, "web-identity needs a user's token, and guests have none")
        }
        // AssumeRoleWithWebIdentity `WebIdentityToken`.
        guard (4...20_000).contains(token.rawValue.utf8.count) else {
            throw ExchangeError(.refused, "the token's length is not within STS's 4 to 20,000 characters")
        }
        try token.checkSignatureForAWS()
        let name = try SessionIdentity(request, pseudonyms).name
        return try await sts.assume(
            .assumeRoleWithWebIdentity(RoleSession(request, role: role, name: name), token: WebIdentityToken(token)),
            for: request.exchangeShare)
    }
}

extension RoleSession {
    /// The role, for the grant's duration, with the request's policy.
    init(_ request: ExchangeRequest, role: String, name: SessionName) {
        self.init(
            roleARN: role, sessionName: name.text, durationSeconds: request.grant.sessionDuration,
            policy: request.policy.json)
    }
}
