// SPDX-License-Identifier: Apache-2.0

private import FoundationEssentials

/// The address of a JWK Set: `https`, or `http` on a loopback host.
package struct KeySetURL: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    /// Whether the scheme is `https`.
    let isEncrypted: Bool

    package init(_ rawValue: String) throws(KeySetURLError) {
        guard rawValue.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let url = URL(string: rawValue),
            let scheme = url.scheme?.lowercased(), let host = url.host(percentEncoded: false), !host.isEmpty
        else { throw .notAbsoluteURL }
        guard url.user(percentEncoded: true) == nil, url.password(percentEncoded: true) == nil else {
            throw .userInformation
        }
        guard url.fragment(percentEncoded: true) == nil else { throw .fragment }
        guard scheme == "https" || scheme == "http" && Self.isLoopback(host) else { throw .notHTTPS }
        self.rawValue = rawValue
        isEncrypted = scheme == "https"
    }

    package var description: String { rawValue }

    /// Compares literal addresses and the name that RFC 6761 §6.3 reserves; no name is resolved.
    private static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8(part) != nil }
    }
}

extension KeySetURLError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAbsoluteURL: "expected an absolute https URL"
        case .notHTTPS: "expected https (http only for 127.0.0.1, ::1 and localhost)"
        case .userInformation: "expected a URL without user name and password"
        case .fragment: "expected a URL without a fragment"
        }
    }
}

package enum KeySetURLError: Error, Hashable, Sendable {
    case notAbsoluteURL
    /// An attacker on the network could replace keys that are sent unencrypted.
    case notHTTPS
    /// A user name or password in the address would appear in logs.
    case userInformation
    case fragment
}
