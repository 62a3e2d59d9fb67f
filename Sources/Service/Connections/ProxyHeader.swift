// SPDX-License-Identifier: Apache-2.0

import Vending

/// The header of the PROXY protocol, versions 1 and 2 (HAProxy, "The PROXY protocol").
enum ProxyHeader: Equatable {
    /// `length` bytes; `source` is `nil` if the header names no client, as for a proxy's own health checks.
    case complete(length: Int, source: ClientAddress?)
    /// More bytes are needed.
    case incomplete
    case malformed

    /// Maximum size of the part of a version 2 header that follows its first 16 bytes: addresses and TLVs.
    static let limit = 2_048

    init(_ bytes: [UInt8]) {
        let version2 = Array(bytes.prefix(Self.signature.count))
        let version1 = Array(bytes.prefix(Self.prefix.count))
        if version2.elementsEqual(Self.signature.prefix(version2.count)) {
            self = Self.version2(bytes)
        } else if version1.elementsEqual(Self.prefix.prefix(version1.count)) {
            self = Self.version1(bytes)
        } else {
            self = .malformed
        }
    }

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let prefix = Array("PROXY ".utf8)
    /// Maximum length of a version 1 line, its line end included.
    private static let lineLimit = 107

    /// Section 2.1: `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443`, ended by CRLF.
    private static func version1(_ bytes: [UInt8]) -> ProxyHeader {
        guard let end = bytes.prefix(lineLimit).firstIndex(of: 0x0A) else {
            return bytes.count < lineLimit ? .incomplete : .malformed
        }
        guard bytes[end - 1] == 0x0D else { return .malformed }
        let words = bytes[..<(end - 1)].split(separator: 0x20, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if words.count >= 2, words[1] == "UNKNOWN" { return .complete(length: end + 1, source: nil) }
        guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6", isPort(words[4]), isPort(words[5]),
            let source = ClientAddress(words[2]), ClientAddress(words[3]) != nil,
            words[2].contains(":") == (words[1] == "TCP6"), words[3].contains(":") == (words[1] == "TCP6")
        else { return .malformed }
        return .complete(length: end + 1, source: source)
    }

    private static func isPort(_ text: String) -> Bool {
        text.utf8.allSatisfy(\.isASCIIDigit)
            && Int(text).map { (0...65_535).contains($0) && String($0) == text } ?? false
    }

    /// Section 2.2: signature, version and command, family and protocol, length, then addresses and TLVs.
    private static func version2(_ bytes: [UInt8]) -> ProxyHeader {
        guard bytes.count >= 16 else { return .incomplete }
        let (command, family, size) = (bytes[12], bytes[13], Int(bytes[14]) << 8 | Int(bytes[15]))
        guard command == 0x20 || command == 0x21, size <= limit else { return .malformed }
        guard bytes.count >= 16 + size else { return .incomplete }
        let addresses = bytes[16..<(16 + size)]
        // The command LOCAL: the proxy speaks for itself.
        guard command == 0x21 else { return .complete(length: 16 + size, source: nil) }
        switch family {
        case 0x11, 0x12:
            guard addresses.count >= 12 else { return .malformed }
            let source = addresses.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            return .complete(length: 16 + size, source: ClientAddress(ipv4: source))
        case 0x21, 0x22:
            guard addresses.count >= 36 else { return .malformed }
            return .complete(length: 16 + size, source: ClientAddress(bytes: addresses.prefix(16)))
        default: return .complete(length: 16 + size, source: nil)
        }
    }
}
