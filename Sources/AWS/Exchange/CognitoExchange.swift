// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
package import Vending

/// The exchange `cognito`: an identity pool returns credentials (enhanced flow), or a token for
/// `AssumeRoleWithWebIdentity` with the session policy (basic flow). Users authenticate to it with their own token.
package struct CognitoExchange: Sendable {
    private let cognito: CognitoClient
    private let sts: STSClient
    private let pseudonyms: PseudonymKey
    private let identities = CognitoIdentityCache()
    private let now: @Sendable () -> Date

    package init(
        cognito: CognitoClient, sts: STSClient, pseudonyms: PseudonymKey,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.cognito = cognito
        self.sts = sts
        self.pseudonyms = pseudonyms
        self.now = now
    }

    package func exchange(
        _ request: ExchangeRequest, pool: IdentityPool
    ) async throws(ExchangeError) -> TemporaryCredentials {
        let context = try CognitoContext(request, pool, remaining: cognito.countdown())
        let known = identities.identity(for: context.key, at: now())
        let identity: IdentityID
        if let known { identity = known } else { identity = try await newIdentity(for: context) }
        do throws(CognitoCallError) {
            return try await credentials(of: identity, for: context)
        } catch {
            guard case .unknownIdentity = error else { throw error.exchangeError }
            identities.forget(identity, for: context.key, at: now())
            // Cognito does not know an identity that it just created, so another one would not help.
            guard known != nil else { throw error.exchangeError }
        }
        let other = try await newIdentity(for: context)
        do throws(CognitoCallError) {
            return try await credentials(of: other, for: context)
        } catch {
            throw error.exchangeError
        }
    }

    private func newIdentity(for context: CognitoContext) async throws(ExchangeError) -> IdentityID {
        try await identities.fetchIdentity(for: context.key, at: now()) { [cognito] in
            do throws(CognitoCallError) {
                let response: GetIDResponse = try await cognito.response(
                    to: .getID(pool: context.pool.id, login: context.login), within: context.remaining(),
                    for: context.identityShare)
                return .success(response.identity)
            } catch {
                return .failure(error.exchangeError)
            }
        }
    }

    private func credentials(
        of identity: IdentityID, for context: CognitoContext
    ) async throws(CognitoCallError) -> TemporaryCredentials {
        switch context.pool.flow {
        case .enhanced(let customRole):
            let response: GetCredentialsForIdentityResponse = try await cognito.response(
                to: .getCredentialsForIdentity(
                    identity: identity, login: context.login, customRoleARN: customRole),
                within: context.remaining(), for: context.request.exchangeShare)
            identities.keep(response.identity, for: context.key, at: now())
            return response.credentials
        case .basic(let role):
            let response: GetOpenIDTokenResponse = try await cognito.response(
                to: .getOpenIDToken(identity: identity, login: context.login), within: context.remaining(),
                for: context.request.exchangeShare)
            identities.keep(response.identity, for: context.key, at: now())
            do throws(ExchangeError) {
                return try await session(role, response.token, for: context)
            } catch {
                throw .exchange(error)
            }
        }
    }

    private func session(
        _ role: String, _ token: WebIdentityToken, for context: CognitoContext
    ) async throws(ExchangeError) -> TemporaryCredentials {
        let name = try SessionIdentity(context.request, pseudonyms).name
        let session = RoleSession(context.request, role: role, name: name)
        do throws(ExchangeError) {
            return try await sts.within(context.remaining())
                .assume(.assumeRoleWithWebIdentity(session, token: token), for: context.request.exchangeShare)
        } catch {
            // STS saw Cognito's token, not the user's, so a new token of the user would change nothing.
            throw error.kind == .tokenExpired ? ExchangeError(.unavailable, error.detail, retryAfter: 5) : error
        }
    }
}

/// One exchange: its holder, its pool and the time left.
private struct CognitoContext: Sendable {
    let request: ExchangeRequest
    let pool: IdentityPool
    let login: CognitoLogin?
    let key: CognitoIdentityCache.Key
    let remaining: @Sendable () -> Duration

    /// The share of `GetId`: all guests of an app share one identity.
    var identityShare: CallShare {
        if case .guests(_, let app) = key { .allGuests(of: app) } else { request.exchangeShare }
    }

    init(
        _ request: ExchangeRequest, _ pool: IdentityPool, remaining: @escaping @Sendable () -> Duration
    ) throws(ExchangeError) {
        self.request = request
        self.pool = pool
        self.remaining = remaining
        guard case .user(let identity, let token) = request.holder else {
            login = nil
            key = .guests(pool: pool.id, app: request.grant.app)
            return
        }
        let provider = pool.providerName(of: identity.issuer)
        guard IdentityPool.isProviderName(provider) else {
            throw ExchangeError(.refused, "the issuer is not a provider name for Cognito's `Logins`: set `login`")
        }
        // GetId `Logins`.
        guard (1...50_000).contains(token.rawValue.utf8.count) else {
            throw ExchangeError(.refused, "the token's length is not within Cognito's 1 to 50,000 characters")
        }
        try token.checkSignatureForAWS()
        login = CognitoLogin(provider: provider, token: WebIdentityToken(token))
        key = .user(
            pool: pool.id, provider: provider, issuer: identity.issuer, subject: identity.subject)
    }
}
