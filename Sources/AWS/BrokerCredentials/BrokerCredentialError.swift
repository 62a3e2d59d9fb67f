package import Vending

/// Why there are no credentials of Purser's own, in words for the operator: names of variables, files and profiles,
/// never what a secret place holds.
package struct BrokerCredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// The same to the domain: whatever it is, the caller can only try again later.
    package var exchangeError: ExchangeError {
        ExchangeError(.unavailable, "own AWS credentials: \(description)")
    }
}
