// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import NIOCore

/// The host names that requests to a listener may use (RFC 9110 §7.2), as protection against DNS rebinding: a page
/// whose name resolves to this listener has the listener's origin in the browser, but sends its own name as the host.
///
/// IP literals are always allowed, because DNS can't rebind them, and so is `localhost`, which never resolves to
/// another machine (RFC 6761 §6.3).
package struct AllowedHosts: Sendable {
    private let names: Set<String>
    private let isStrict: Bool
    private let isWildcard: Bool

    /// - Parameters:
    ///   - names: additional host names in lower case.
    ///   - everywhere: whether the names are also enforced on addresses other than the loopback address.
    package init(_ address: ListenerAddress, names: [String], everywhere: Bool) {
        self.names = Set(names)
        isStrict = everywhere && !names.isEmpty
        isWildcard = address.isWildcard
    }

    /// Whether the names are enforced on connections to this local address.
    package func areEnforced(at local: SocketAddress?) -> Bool {
        isStrict || !isWildcard && local.map(Self.isLoopback) ?? false
    }

    /// The error of the request's host; `nil` for an allowed one.
    /// - Parameter isEnforced: whether the host must be allowed; otherwise any host is, but not a second `Host` field.
    package func error(for request: HTTPRequest, isEnforced: Bool) -> ErrorCode? {
        // The decoder made the first `Host` field the authority, so this one is a second one.
        guard !request.headerFields.contains(.host) else { return .malformedRequest }
        return error(for: request.authority, isEnforced: isEnforced)
    }

    /// The same for the value of the only `Host` field.
    func error(for authority: String?, isEnforced: Bool) -> ErrorCode? {
        guard isEnforced else { return nil }
        guard let authority, let host = Self.host(authority) else { return .malformedRequest }
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        let isAllowed =
            name == "localhost" || name.hasSuffix(".localhost") || names.contains(name) || Self.isAddress(name)
        return isAllowed ? nil : .misdirectedRequest
    }

    /// The host in lower case without its port; `nil` if it is invalid (RFC 3986 §3.2.2 without percent-encoding).
    private static func host(_ authority: String) -> String? {
        let authority = authority.lowercased()
        let end: String.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            end = authority.index(after: bracket)
            guard isAddress(String(authority[..<end])) else { return nil }
        } else {
            end = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let (host, rest) = (authority[..<end].utf8, authority[end...].utf8)
        let isName = host.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "-._[]:".utf8.contains($0)
        }
        let isPort =
            rest.isEmpty
            || rest.first == UInt8(ascii: ":") && rest.count <= 6
                && rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        return !host.isEmpty && isName && isPort ? String(authority[..<end]) : nil
    }

    /// Whether the host is IPv4 with four numbers, or IPv6 in brackets.
    private static func isAddress(_ host: String) -> Bool {
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let text = isBracketed ? String(host.dropFirst().dropLast()) : host
        guard text.utf8.contains(UInt8(ascii: ":")) == isBracketed else { return false }
        // The error only reports that the text is not an address.
        return (try? SocketAddress(ipAddress: text, port: 0)) != nil
    }

    private static func isLoopback(_ address: SocketAddress) -> Bool {
        guard let text = address.ipAddress else { return false }
        return text.hasPrefix("127.") || text == "::1" || text.hasPrefix("::ffff:127.")
    }
}

extension HTTPField.Name {
    static let host = Self("host")!
}
