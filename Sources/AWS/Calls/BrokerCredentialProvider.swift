// SPDX-License-Identifier: Apache-2.0

package import Vending

/// Port: provides the broker's AWS credentials.
package protocol BrokerCredentialProvider: Sendable {
    /// Called before every signed request, so an implementation caches what is slow.
    func credentials() async throws(ExchangeError) -> SigningCredentials

    /// Drops credentials that AWS rejected as expired or unknown, so that they are not returned again.
    /// - Returns: whether others can replace them, so that a retry makes sense.
    func invalidate(_ credentials: SigningCredentials) -> Bool
}

extension BrokerCredentialProvider {
    /// Credentials for one attempt of a call.
    func signer() async throws(AttemptError) -> Signer {
        do throws(ExchangeError) {
            return Signer(credentials: try await credentials(), provider: self)
        } catch {
            throw AttemptError(.brokerCredentials, error.detail)
        }
    }
}

/// The credentials that sign one attempt, and their provider.
struct Signer: Sendable {
    let credentials: SigningCredentials
    fileprivate let provider: any BrokerCredentialProvider

    /// Reports to the provider that AWS rejected the credentials.
    func invalidate() -> Bool { provider.invalidate(credentials) }
}
