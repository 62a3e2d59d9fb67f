// SPDX-License-Identifier: Apache-2.0

import Vending

/// The base address of a service.
package struct Endpoint: Hashable, Sendable {
    /// `https://host[:port][/path]`, without a trailing slash.
    package let url: String
    /// Host and port as in the `Host` header: without the scheme's default port.
    package let authority: String
    /// In lower case, without the port; IPv6 literals in their brackets.
    package var host: String {
        guard authority.last != "]", let colon = authority.lastIndex(of: ":") else { return authority }
        return String(authority[..<colon])
    }
    /// Empty, or with a leading and no trailing slash.
    package let path: String

    /// - Parameter text: an absolute http or https URL with neither user, query nor fragment; trailing slashes are
    ///   removed.
    package init?(_ text: String) {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https", text.dropFirst(scheme.count).hasPrefix("://"),
            text.utf8.count <= 2_048
        else { return nil }
        let rest = text.dropFirst(scheme.count + 3)
        var path = rest.drop { $0 != "/" }
        while path.last == "/" { path.removeLast() }
        guard let authority = Self.authority(rest.prefix { $0 != "/" }, scheme: scheme),
            path.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "/-._~%".utf8.contains($0) })
        else { return nil }
        self.authority = authority
        self.path = String(path)
        url = "\(scheme)://\(authority)\(path)"
    }

    init(host: String) {
        url = "https://\(host)"
        authority = host
        path = ""
    }

    /// Host in lower case and port, checked; IPv6 literals in their brackets.
    private static func authority(_ text: Substring, scheme: String) -> String? {
        let colon = text.last == "]" ? nil : text.lastIndex(of: ":")
        let host = text[..<(colon ?? text.endIndex)].lowercased()
        guard (1...253).contains(host.utf8.count), isHost(host) else { return nil }
        guard let colon else { return host }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isASCIIDigit), let port = Int(digits),
            (1...65_535).contains(port)
        else { return nil }
        return port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
    }

    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inner = host.dropFirst().dropLast()
            return !inner.isEmpty && inner.utf8.allSatisfy { "0123456789abcdef:.".utf8.contains($0) }
        }
        return host.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
            && host.utf8.first != UInt8(ascii: ".") && !host.contains("..")
    }
}
