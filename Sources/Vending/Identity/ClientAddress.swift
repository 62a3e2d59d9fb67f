// SPDX-License-Identifier: Apache-2.0

/// An IP address of a client. An IPv4 address is kept in its IPv4-mapped IPv6 form (RFC 4291 §2.5.5.2), so that one
/// client has one value on every listener.
package struct ClientAddress: Hashable, Sendable {
    /// The address, in network byte order.
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter ipv4: in network byte order.
    package init(ipv4: UInt32) {
        self.init(high: 0, low: Self.ipv4Prefix | UInt64(ipv4))
    }

    package var isIPv4: Bool { high == 0 && low & ~0xFFFF_FFFF == Self.ipv4Prefix }

    /// What limits apply to: an IPv4 address, or the /64 network of an IPv6 address, since one client commonly has a
    /// whole /64 (RFC 6177).
    package var network: ClientAddress { isIPv4 ? self : ClientAddress(high: high, low: 0) }

    private static let ipv4Prefix: UInt64 = 0xFFFF << 32
}
