// SPDX-License-Identifier: Apache-2.0

/// A block of IP addresses in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3), such as `10.0.0.0/8` or `2001:db8::/32`.
package struct AddressBlock: Hashable, Sendable, CustomStringConvertible {
    private let base: ClientAddress
    /// 0–128: of the IPv6 form.
    private let prefixLength: Int

    /// `nil` unless `text` is an address, alone or with a prefix length behind which the address has no bits.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = ClientAddress(String(parts[0])) else { return nil }
        let offset = parts[0].utf8.contains(UInt8(ascii: ":")) ? 0 : 96
        var length = 128 - offset
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy(\.isASCIIDigit), let number = Int(parts[1]),
                number <= length, String(number) == parts[1]
            else { return nil }
            length = number
        }
        self.base = base
        prefixLength = offset + length
        guard Self.masked(base, to: prefixLength) == base else { return nil }
    }

    package func contains(_ address: ClientAddress) -> Bool { Self.masked(address, to: prefixLength) == base }

    private static func masked(_ address: ClientAddress, to length: Int) -> ClientAddress {
        ClientAddress(
            high: address.high & mask(min(length, 64)), low: address.low & mask(max(length - 64, 0)))
    }

    /// The mask of the first `length` of 64 bits.
    private static func mask(_ length: Int) -> UInt64 { length == 0 ? 0 : ~0 << (64 - UInt64(length)) }

    package var description: String {
        let isIPv4 = base.isIPv4 && prefixLength >= 96
        return "\(base)/\(isIPv4 ? prefixLength - 96 : prefixLength)"
    }
}
