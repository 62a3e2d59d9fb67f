package import Vending

/// The port to where Purser's own AWS identity comes from.
package protocol BrokerCredentialProvider: Sendable {
    /// Asked before every signed request, so whatever is slow behind it is to be cached there.
    func credentials() async throws(ExchangeError) -> SigningCredentials

    /// AWS said that these are expired or unknown: they are not to be given out again.
    /// - Returns: whether others may come in their place, so that another attempt makes sense.
    func invalidate(_ credentials: SigningCredentials) -> Bool
}

extension BrokerCredentialProvider {
    /// For one attempt of a call.
    func signer() async throws(AttemptError) -> Signer {
        do throws(ExchangeError) {
            return Signer(credentials: try await credentials(), provider: self)
        } catch {
            throw AttemptError(.brokerCredentials, error.detail)
        }
    }
}

/// What one attempt is signed with, and who gave it.
struct Signer: Sendable {
    let credentials: SigningCredentials
    fileprivate let provider: any BrokerCredentialProvider

    /// AWS would not have them.
    func invalidate() -> Bool { provider.invalidate(credentials) }
}
