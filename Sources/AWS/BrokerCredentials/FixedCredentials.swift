import Vending

/// Credentials that are there already, to sign one call with.
struct FixedCredentials: BrokerCredentialProvider {
    private let held: SigningCredentials

    init(_ held: SigningCredentials) {
        self.held = held
    }

    func credentials() async throws(ExchangeError) -> SigningCredentials { held }

    func invalidate(_ credentials: SigningCredentials) -> Bool { false }
}
