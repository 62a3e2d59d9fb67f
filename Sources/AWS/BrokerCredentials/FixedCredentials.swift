// SPDX-License-Identifier: Apache-2.0

import Vending

/// Provides given credentials, to sign one call. They cannot be renewed.
struct FixedCredentials: BrokerCredentialProvider {
    private let held: SigningCredentials

    init(_ held: SigningCredentials) {
        self.held = held
    }

    func credentials() async throws(ExchangeError) -> SigningCredentials { held }

    func invalidate(_ credentials: SigningCredentials) -> Bool { false }
}
