package import Vending

/// The port to where Purser's own AWS identity comes from.
package protocol OwnCredentialProvider: Sendable {
    /// Asked before every signed request, so whatever is slow behind it is to be cached there.
    func credentials() async throws(ExchangeFailure) -> OwnCredentials
}
