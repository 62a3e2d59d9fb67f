// SPDX-License-Identifier: Apache-2.0

package import Vending

/// The exchange `minted`: sends a token that Purser signs itself to `AssumeRoleWithWebIdentity`, for users and guests.
/// Tags and source identity are claims of the token. It needs no AWS credentials.
package struct MintedExchange: Sendable {
    private let sts: STSClient
    private let minter: any TokenMinter
    private let pseudonyms: PseudonymKey

    package init(sts: STSClient, minter: any TokenMinter, pseudonyms: PseudonymKey) {
        self.sts = sts
        self.minter = minter
        self.pseudonyms = pseudonyms
    }

    package func exchange(
        _ request: ExchangeRequest, role: String
    ) async throws(ExchangeError) -> TemporaryCredentials {
        let identity = try SessionIdentity(request, pseudonyms)
        // Signing with an RSA key takes a millisecond, for which an event loop would serve nobody else.
        let token = try await withTaskExecutorPreference(globalConcurrentExecutor) {
            () async throws(ExchangeError) -> WebIdentityToken in
            try minter.mint(
                MintedClaims(
                    subject: identity.name.text, tags: identity.tags, transitiveTagKeys: identity.transitiveTagKeys,
                    sourceIdentity: identity.sourceIdentity))
        }
        return try await sts.assume(
            .assumeRoleWithWebIdentity(RoleSession(request, role: role, name: identity.name), token: token),
            for: request.exchangeShare)
    }
}
