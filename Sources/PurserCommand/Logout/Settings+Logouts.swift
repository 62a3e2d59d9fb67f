// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Tokens

extension Settings {
    /// For how many seconds a logout is remembered: the longest time of all issuers that send logout tokens.
    var logoutRetention: Int {
        issuers.filter { $0.logout != nil }.map {
            LogoutAuthenticator.retention(maximumLifetime: $0.maximumLifetime, leeway: $0.leeway)
        }.max() ?? 0
    }
}
