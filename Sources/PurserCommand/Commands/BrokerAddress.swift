import Foundation
import Tokens

/// A running broker's address, as an option has it.
struct BrokerAddress {
    /// Without a trailing slash.
    let root: String

    /// - Throws: where it may not be trusted with tokens and credentials: the rule for keys is the same.
    init(option text: String) throws(CommandError) {
        guard let base = try? KeySetURL(text), !text.contains("?") else {
            throw CommandError(
                description: "--broker: expected an https address (http only on the loopback), such as "
                    + "https://purser.example.com")
        }
        root = base.rawValue.hasSuffix("/") ? String(base.rawValue.dropLast()) : base.rawValue
    }
}
