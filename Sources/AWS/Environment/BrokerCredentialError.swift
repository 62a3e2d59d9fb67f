// SPDX-License-Identifier: Apache-2.0

package import Vending

/// Why the broker has no AWS credentials, as text for operators. It names variables, files and profiles, and never
/// contains their secret values.
package struct BrokerCredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// The error for the domain: always `unavailable`, because the caller can only retry later.
    package var exchangeError: ExchangeError {
        ExchangeError(.unavailable, "the broker's AWS credentials: \(description)")
    }
}
