package import HTTPTypes
package import NIOCore

/// By which names a listener may be spoken to (RFC 9110 §7.2), so that no page whose name was made to lead here (DNS
/// rebinding) can: to the browser it would be of this origin. Such a page speaks to us by its own name.
///
/// IP literals are always good, since no page is of an origin that somebody rebound to one, and `localhost` never leads
/// anywhere else (RFC 6761 §6.3).
package struct AllowedHosts: Sendable {
    private let names: Set<String>
    private let isStrict: Bool
    private let isWildcard: Bool

    /// - Parameters:
    ///   - names: further ones, in lower case.
    ///   - everywhere: whether they are asked for on addresses other than the loopback too.
    package init(_ address: ListenerAddress, names: [String], everywhere: Bool) {
        self.names = Set(names)
        isStrict = everywhere && !names.isEmpty
        isWildcard = address.host == "0.0.0.0" || address.host == "::"
    }

    /// Whether connections to that address of ours are held to the names.
    package func areAsked(at local: SocketAddress?) -> Bool {
        isStrict || !isWildcard && local.map(Self.isLoopback) ?? false
    }

    /// What is wrong with the host that the request names; `nil` for a good one.
    /// - Parameter areAsked: whether it must be one of ours, or any that is one host at most.
    package func objection(to request: HTTPRequest, areAsked: Bool) -> ErrorCode? {
        // The first one became the authority.
        guard !request.headerFields.contains(.host) else { return .malformedRequest }
        guard areAsked else { return nil }
        guard let authority = request.authority, let host = Self.host(authority) else { return .malformedRequest }
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        let isGood = name == "localhost" || name.hasSuffix(".localhost") || names.contains(name) || Self.isAddress(name)
        return isGood ? nil : .misdirectedRequest
    }

    /// In lower case, without the port; `nil` where it is none (RFC 3986 §3.2.2 without percent-encoding).
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

    /// IPv4 in four numbers, or IPv6 in brackets.
    private static func isAddress(_ host: String) -> Bool {
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let text = isBracketed ? String(host.dropFirst().dropLast()) : host
        guard text.utf8.contains(UInt8(ascii: ":")) == isBracketed else { return false }
        // That it is none is all there is to know.
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
