// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Tokens

/// Parsers of single values. `expected…` describes what each of them accepts, for messages.
package enum SettingsValues {
    static let expectedDuration = "a duration such as 500ms, 30s, 5m or 1h"

    static func duration(_ text: String) -> Duration? {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(digits.count), let number = Int(String(Substring(digits))) else { return nil }
        switch String(text.dropFirst(digits.count)) {
        case "ms": return .milliseconds(number)
        case "s": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3600)
        default: return nil
        }
    }

    static func duration(in range: ClosedRange<Duration>) -> (String) -> Duration? {
        { text in duration(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// A session's duration (AssumeRole `DurationSeconds`).
    static func session(_ text: String) -> Duration? { duration(in: .seconds(900) ... .seconds(43_200))(text) }

    static func number(in range: ClosedRange<Int>) -> (String) -> Int? {
        { text in
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else { return nil }
            return range.contains(number) ? number : nil
        }
    }

    /// A number and `%`.
    static func percentage(in range: ClosedRange<Int>) -> (String) -> Int? {
        { text in text.hasSuffix("%") ? number(in: range)(String(text.dropLast())) : nil }
    }

    /// The result is in bytes.
    static func size(in range: ClosedRange<Int>) -> (String) -> Int? {
        { text in
            let units = [("KiB", 1 << 10), ("MiB", 1 << 20)]
            guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
                let count = number(in: 0...9_999)(String(text.dropLast(unit.count)))
            else { return nil }
            return range.contains(count * factor) ? count * factor : nil
        }
    }

    static func flag(_ text: String) -> Bool? {
        switch text {
        case "true": true
        case "false": false
        default: nil
        }
    }

    package static let expectedAddress = "host:port, such as 127.0.0.1:8080 or [::1]:8080"

    package static func address(_ text: String) -> ListenAddress? {
        guard let colon = text.lastIndex(of: ":"),
            let port = number(in: 0...65535)(String(text[text.index(after: colon)...]))
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
            return nil
        }
        return ListenAddress(host: host, port: port)
    }

    static let expectedHost = "a name such as purser.example.com: in lower case, no port, no address, no wildcard"

    /// RFC 1123 §2.1, as clients send it in `Host`.
    static func host(_ text: String) -> String? {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName =
            text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
            }
        // IP addresses are rejected: listeners accept them without a setting.
        guard isName, let last = labels.last, !last.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text
    }

    static let expectedOrigin =
        "an origin such as https://shop.example.com: scheme, host and port in lower case, no path"

    /// RFC 6454 §6.2, in the form that browsers send.
    static func origin(_ text: String) -> String? {
        guard text == text.lowercased(), let url = URLComponents(string: text), let scheme = url.scheme,
            ["http", "https"].contains(scheme), let host = url.host, !host.isEmpty, !host.contains("*"),
            url.path.isEmpty, url.query == nil, url.fragment == nil, url.user == nil, url.password == nil
        else { return nil }
        let standard = scheme == "https" ? 443 : 80
        guard url.port != standard, !text.hasSuffix(":") else { return nil }
        return text
    }

    static let expectedMonitorName = "an app monitor's name: 1–255 of A–Z a–z 0–9 . - _ / #, not beginning with a dot"

    /// CreateAppMonitor `Name`. Quotes and wildcards are rejected, because the name becomes part of a policy's resource.
    static func monitorName(_ text: String) -> String? {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_/#".utf8)
        guard (1...255).contains(text.utf8.count), !text.hasPrefix("."), text.utf8.allSatisfy(allowed.contains) else {
            return nil
        }
        return text
    }

    static let expectedAlias = "the alias that the monitor's resource policy requires: 1–255 visible ASCII characters"

    /// PutRumEvents `Alias`.
    static func alias(_ text: String) -> String? {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
    }

    static let expectedMonitorID = "an app monitor's id, such as 11111111-2222-3333-4444-555555555555, in lower case"

    /// AppMonitorDetails `id`.
    static func monitorID(_ text: String) -> String? {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        let hex = Set("0123456789abcdef".utf8)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12], groups.allSatisfy({ $0.utf8.allSatisfy(hex.contains) })
        else {
            return nil
        }
        return text
    }

    static let expectedAccount = "an AWS account id of 12 digits, in quotes"

    static func account(_ text: String) -> String? {
        text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : nil
    }

    static let expectedIssuer = "an https address (http only on the loopback), exactly as `iss` spells it"

    /// The rules of a key set's address apply, and a query is rejected (OpenID Connect Discovery 1.0 §3).
    static func issuer(_ text: String) -> String? {
        guard let url = try? KeySetURL(text), !url.rawValue.contains("?") else { return nil }
        return text
    }

    static let expectedText = "a text of 1 to 512 bytes without control characters"

    static func text(_ text: String) -> String? {
        (1...512).contains(text.utf8.count) && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            ? text : nil
    }
}
