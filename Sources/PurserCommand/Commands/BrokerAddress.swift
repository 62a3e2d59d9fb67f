// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tokens

/// The address of a running broker, from an option.
struct BrokerAddress {
    /// Without a trailing slash.
    let root: String

    /// - Throws: if the address is not safe for tokens and credentials. The rule is the same as for key sets.
    init(option text: String) throws(CommandError) {
        guard let base = try? KeySetURL(text), !text.contains("?") else {
            throw CommandError(
                description: "--broker: expected an https address (http only on the loopback), such as "
                    + "https://purser.example.com")
        }
        root = base.rawValue.hasSuffix("/") ? String(base.rawValue.dropLast()) : base.rawValue
    }
}
