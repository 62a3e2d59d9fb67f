// SPDX-License-Identifier: Apache-2.0

package import Vending

/// Passes each request to the exchange of its grant.
package struct ExchangeDispatcher: CredentialExchange {
    private let webIdentity: WebIdentityExchange
    private let assumeRole: AssumeRoleExchange
    /// `nil` if Purser is not an issuer, and so no grant uses it.
    private let minted: MintedExchange?
    /// By the Region of the pools.
    private let cognito: [String: CognitoExchange]

    package init(
        webIdentity: WebIdentityExchange, assumeRole: AssumeRoleExchange, minted: MintedExchange?,
        cognito: [String: CognitoExchange]
    ) {
        self.webIdentity = webIdentity
        self.assumeRole = assumeRole
        self.minted = minted
        self.cognito = cognito
    }

    package func exchange(_ request: ExchangeRequest) async throws(ExchangeError) -> TemporaryCredentials {
        switch request.grant.exchange {
        case .webIdentity(let role):
            return try await webIdentity.exchange(request, role: role)
        case .assumeRole(let role, let externalID):
            return try await assumeRole.exchange(request, role: role, externalID: externalID)
        case .minted(let role):
            guard let minted else { throw ExchangeError(.refused, "Purser is not configured as an issuer") }
            return try await minted.exchange(request, role: role)
        case .cognito(let pool):
            guard let cognito = cognito[pool.region] else {
                throw ExchangeError(.refused, "no Cognito client for the Region \(pool.region)")
            }
            return try await cognito.exchange(request, pool: pool)
        }
    }
}
