// SPDX-License-Identifier: Apache-2.0

import AccountSetup
import BrokerConfiguration

/// Notes of `purser check` about the alternative to guest credentials.
enum PublicMonitorRemarks {
    static func texts(_ settings: Settings) -> [String] {
        settings.apps.filter { $0.guest != nil }.map { app in
            "apps.\(app.name).guest: guests get credentials, so that their events belong to sessions of one role; "
                + "\(PublicMonitor.explanation) (purser policy --public-guest prints its policy)"
        }
    }
}
