// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrictJSON

/// What an operator gives to `purser explain`.
enum TokenInput: Equatable {
    /// A token, or what could be one.
    case token(String)
    /// Certainly no token. The text says what it is and what to give instead.
    case other(String)

    /// - Parameter text: alone, or after "Bearer".
    init(_ text: String) {
        var text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if text.lowercased().hasPrefix("bearer ") {
            text = text.dropFirst("bearer ".count).trimmingCharacters(in: .whitespaces)
        }
        if let description = Self.describe(text) { self = .other(description) } else { self = .token(text) }
    }

    private static func describe(_ text: String) -> String? {
        if text.isEmpty { return "standard input holds no token" }
        if text.hasPrefix("{") { return describe(json: text) }
        if text.hasPrefix("["), (try? JSONValue.parse(Array(text.utf8))) != nil {
            return "a JSON array, not a token. Give the token alone"
        }
        if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count > 1 {
            return "a token in quotation marks. Give it without them"
        }
        guard isInParts(text) else { return nil }
        switch text.utf8.count(where: { $0 == UInt8(ascii: ".") }) + 1 {
        case 2:
            return "a token of two parts, which lacks the signature: it was cut off when it was copied, or it is not "
                + "signed. Purser accepts only signed tokens of three parts (RFC 7515 §7.1)"
        case 5:
            return "a token of five parts: it is encrypted (JWE, RFC 7516 §7.1), and only its recipient can read it. "
                + "Make the provider issue signed tokens that are not encrypted"
        default: return nil
        }
    }

    /// A response of the token endpoint (RFC 6749 §5.1), or a token in a JSON serialization (RFC 7515 §7.2).
    private static func describe(json text: String) -> String {
        guard let object = (try? JSONValue.parse(Array(text.utf8)))?.object else {
            return "text in braces that is not JSON, and not a token. Give the token alone"
        }
        let tokens = ["id_token", "access_token"].filter { object[$0]?.string != nil }
        if !tokens.isEmpty {
            return "a whole JSON response of the provider. Give only the value of \(tokens.joined(separator: " or ")), "
                + "without quotation marks"
        }
        if object["payload"] != nil || object["ciphertext"] != nil {
            return "a token in a JSON serialization (RFC 7515 §7.2). Purser accepts the compact form only"
        }
        if object["iss"] != nil || object["sub"] != nil {
            return "the decoded claims of a token. Give the token itself"
        }
        return "a JSON object, not a token. Give the token alone"
    }

    /// Whether the text has dots and otherwise only characters of base64url.
    private static func isInParts(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-_.".utf8.contains(byte)
        }
    }
}
