// SPDX-License-Identifier: Apache-2.0

extension SigningCredentials {
    func checked(_ names: (id: String, secret: String, token: String)) throws(BrokerCredentialError)
        -> SigningCredentials
    {
        if let problem = problem(names) { throw BrokerCredentialError(problem) }
        return self
    }
}
