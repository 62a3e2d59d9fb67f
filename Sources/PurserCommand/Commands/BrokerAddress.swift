// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tokens

/// The address of a running broker, from an option.
struct BrokerAddress {
    /// Without a trailing slash. For a unix socket, with its path percent-encoded in the place of the host.
    let root: String
    /// Whether it is a unix socket, which only processes of this machine can reach.
    let isSocket: Bool

    /// Of `sun_path` (unix(7)), without the byte behind it.
    private static let socketPathBytes = 107

    /// - Throws: if the address is not safe for tokens and credentials. The rule is the same as for key sets, and a unix
    ///   socket is safe, since nothing leaves the machine.
    init(option text: String) throws(CommandError) {
        if text.hasPrefix("unix:") {
            root = "http+unix://\(try Self.encoded(path: String(text.dropFirst("unix:".count))))"
            isSocket = true
            return
        }
        guard let base = try? KeySetURL(text), !text.contains("?") else {
            throw CommandError(
                description: "--broker: expected an https address (http only on the loopback), such as "
                    + "https://purser.example.com, or unix:/PATH")
        }
        root = base.rawValue.hasSuffix("/") ? String(base.rawValue.dropLast()) : base.rawValue
        isSocket = false
    }

    private static func encoded(path: String) throws(CommandError) -> String {
        let isPath =
            path.hasPrefix("/") && path.utf8.count <= socketPathBytes && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isPath, let encoded = path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) else {
            throw CommandError(
                description: "--broker: expected unix: and the absolute path of a socket, such as "
                    + "unix:/run/purser/purser.sock")
        }
        return encoded
    }
}
