// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
package import Vending

/// The proxies and load balancers whose statements about their clients' addresses count.
package struct TrustedProxies: Sendable {
    private let blocks: [AddressBlock]
    /// Whether connections from trusted proxies begin with a PROXY protocol header.
    package let sendProxyHeader: Bool
    /// Whether peers without an address are trusted: those of a listener on a unix socket.
    package let includesSocketPeers: Bool

    package init(_ blocks: [AddressBlock] = [], sendProxyHeader: Bool = false, includesSocketPeers: Bool = false) {
        self.blocks = blocks
        self.sendProxyHeader = sendProxyHeader
        self.includesSocketPeers = includesSocketPeers
    }

    package var isEmpty: Bool { blocks.isEmpty && !includesSocketPeers }

    /// - Parameter peer: `nil` for one without an address.
    func trusts(_ peer: ClientAddress?) -> Bool { peer.map(contains) ?? includesSocketPeers }

    package func contains(_ address: ClientAddress) -> Bool { blocks.contains { $0.contains(address) } }

    /// The address of the client that sent a request: the last one in the chain of `X-Forwarded-For`, read from the
    /// right, that is not a trusted proxy's. Only trusted proxies' entries count, and reading stops at an entry that is
    /// no address. `nil` if a peer without an address names no client.
    /// - Parameters:
    ///   - peer: the address at the other end of the connection, if it has one.
    ///   - forwarded: the values of the request's `X-Forwarded-For` fields.
    package func client(of peer: ClientAddress?, _ forwarded: [String]) -> ClientAddress? {
        guard trusts(peer) else { return peer }
        var client = peer
        for field in forwarded.reversed() {
            for entry in field.split(separator: ",", omittingEmptySubsequences: false).reversed() {
                guard let address = Self.address(entry) else { return client }
                client = address
                guard contains(address) else { return client }
            }
        }
        return client
    }

    /// An address, alone or with a port, as some load balancers append it: `192.0.2.1:443`, `[2001:db8::1]:443`.
    private static func address(_ entry: Substring) -> ClientAddress? {
        let text = entry.drop { $0 == " " || $0 == "\t" }
        var end = text.endIndex
        while end > text.startIndex, " \t".contains(text[text.index(before: end)]) { end = text.index(before: end) }
        let trimmed = text[..<end]
        if trimmed.hasPrefix("[") {
            guard let bracket = trimmed.firstIndex(of: "]") else { return nil }
            let host = trimmed[trimmed.index(after: trimmed.startIndex)..<bracket]
            let rest = trimmed[trimmed.index(after: bracket)...]
            guard host.contains(":"), rest.isEmpty || rest.first == ":" && isPort(rest.dropFirst()) else { return nil }
            return ClientAddress(String(host))
        }
        let parts = trimmed.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard isPort(parts[1]) else { return nil }
            return ClientAddress(String(parts[0]))
        }
        return ClientAddress(String(trimmed))
    }

    private static func isPort(_ text: Substring) -> Bool {
        (1...5).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension HTTPField.Name {
    static let xForwardedFor = Self("x-forwarded-for")!
}
