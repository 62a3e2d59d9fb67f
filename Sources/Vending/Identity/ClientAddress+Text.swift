// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    private import Darwin
#else
    private import Glibc
#endif

extension ClientAddress: CustomStringConvertible {
    /// Parses an IPv4 address in dotted-decimal form, or an IPv6 address (RFC 4291 §2.2) without a zone. `nil` for
    /// anything else.
    package init?(_ text: String) {
        // A NUL would end the text for inet_pton.
        guard (2...45).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        if text.utf8.contains(UInt8(ascii: ":")) {
            var address = in6_addr()
            guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { return nil }
            self = unsafe withUnsafeBytes(of: &address) { unsafe Self(bytes: Array($0)) }
        } else {
            var address = in_addr()
            guard unsafe inet_pton(AF_INET, text, &address) == 1 else { return nil }
            self.init(ipv4: UInt32(bigEndian: address.s_addr))
        }
    }

    /// - Parameter bytes: the 16 bytes of an IPv6 address, in network byte order.
    package init(bytes: some Collection<UInt8>) {
        self.init(high: Self.word(bytes.prefix(8)), low: Self.word(bytes.dropFirst(8).prefix(8)))
    }

    private static func word(_ bytes: some Collection<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The 16 bytes, in network byte order.
    package var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }

    /// The usual text form: dotted decimal for IPv4, RFC 5952 for IPv6.
    package var description: String {
        if isIPv4 {
            return (0..<4).map { String(low >> (24 - 8 * UInt64($0)) & 0xFF) }.joined(separator: ".")
        }
        let bytes = bytes
        var buffer = [CChar](repeating: 0, count: 46)
        guard unsafe inet_ntop(AF_INET6, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
