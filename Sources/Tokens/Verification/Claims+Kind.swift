// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Vending

extension Claims {
    /// Throws for a token that is no credential, whatever its `typ` header and audience: a security event (RFC 8417
    /// §2.2), such as a logout token, or a token that says that it is a refresh or offline token.
    func checkKind() throws(TokenError) {
        guard try self["events"] == nil else {
            throw TokenError(
                .kindNotAllowed, "the token has \"events\": it is a security event or logout token (RFC 8417 §2.2)")
        }
        for name in Self.kindClaims {
            guard let value = try self[name] else { continue }
            if let kind = Self.texts(of: value).first(where: Self.isRefreshKind) {
                throw TokenError(
                    .kindNotAllowed, "\(name) is \(LogText.quote(kind)): the token only serves to get other tokens")
            }
        }
    }

    /// Where providers write the kind: `typ` (Keycloak: `Refresh`, `Offline`), `token_use` and `token_type`.
    private static let kindClaims = ["typ", "token_use", "token_type"]

    private static func texts(of value: JSONValue) -> [String] {
        value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
    }

    /// Whether the text says refresh or offline in one of the usual spellings: `Refresh`, `refresh_token`,
    /// `urn:ietf:params:oauth:token-type:refresh_token` (RFC 8693 §3), `refresh+jwt`.
    private static func isRefreshKind(_ text: String) -> Bool {
        var kind = text.lowercased()[...]
        if let colon = kind.lastIndex(of: ":") { kind = kind[kind.index(after: colon)...] }
        if kind.hasSuffix("+jwt") { kind = kind.dropLast("+jwt".count) }
        if kind.hasSuffix("token") { kind = kind.dropLast("token".count) }
        while let last = kind.last, "_- ".contains(last) { kind = kind.dropLast() }
        return kind == "refresh" || kind == "offline"
    }
}
