// SPDX-License-Identifier: Apache-2.0

import Vending

extension App {
    /// - Throws: if pages get no credentials of one of the app's grants.
    func requireCredentials() throws(CommandError) {
        for grant in grants where !grant.delivery.returnsCredentials {
            throw CommandError(
                description: "apps.\(name).\(grant.audience.rawValue): delivery proxy: pages get no credentials; "
                    + "docs/signing-proxy.md has the configuration of pages that send events through Purser")
        }
    }
}
