package import Vending

/// Hands each request to the exchange that its grant names.
package struct ExchangeDispatcher: CredentialExchange {
    private let webIdentity: any CredentialExchange
    private let assumeRole: any CredentialExchange

    package init(webIdentity: any CredentialExchange, assumeRole: any CredentialExchange) {
        self.webIdentity = webIdentity
        self.assumeRole = assumeRole
    }

    package func exchange(_ request: ExchangeRequest) async throws(ExchangeFailure) -> TemporaryCredentials {
        switch request.grant.exchange {
        case .webIdentity: try await webIdentity.exchange(request)
        case .assumeRole: try await assumeRole.exchange(request)
        }
    }
}
