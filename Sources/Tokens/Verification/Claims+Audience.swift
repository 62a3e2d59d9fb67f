// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Vending

extension Claims {
    /// The audiences of the token that the rules list, as the rules spell them: at least one.
    ///
    /// Membership is enough, however many audiences the token has (RFC 7519 §4.1.3, RFC 9068 §4). Which of them an app
    /// accepts, the app decides for each request.
    func audiences(acceptedBy rules: IssuerRules) throws(TokenError) -> [String] {
        let found = try audiences(expecting: rules.audiences)
        let accepted = rules.audiences.indices.filter { index in
            found.contains { $0.isExactly(rules.audiences[index]) }
        }
        guard let first = accepted.first else {
            throw TokenError(
                .audienceWrong, "aud is \(LogText.list(found)); expected one of \(LogText.list(rules.audiences))")
        }
        return accepted.count == 1 ? rules.singleAudiences[first] : accepted.map { rules.audiences[$0] }
    }

    /// The audiences of the token, at least one, whether they are expected or not.
    func audiences(expecting expected: [String]) throws(TokenError) -> [String] {
        guard let value = try self["aud"] else {
            throw TokenError(.audienceMissing, "no aud; expected one of \(LogText.list(expected))")
        }
        switch value {
        case .string(let audience): return [audience]
        case .array(let values):
            let audiences = values.compactMap(\.string)
            guard audiences.count == values.count else {
                throw TokenError(.audienceWrong, "aud is an array with elements that are not strings")
            }
            guard !audiences.isEmpty else { throw TokenError(.audienceMissing, "aud is an empty array") }
            return audiences
        default:
            throw TokenError(.audienceWrong, "aud is \(value.typeName), expected a string or an array of strings")
        }
    }

    /// The client that requested the token, as the rules spell it: `azp` (OpenID Connect Core 1.0 §2), or `client_id`
    /// if there is no `azp` (RFC 9068 §2.2). `nil` if neither the issuer's rules nor those of an app list it. Throws if
    /// the issuer's rules list others.
    func authorizedParty(acceptedBy rules: IssuerRules) throws(TokenError) -> String? {
        if rules.authorizedParties.isEmpty, rules.keptParties.isEmpty { return nil }
        var name = "azp"
        var value = try self[name]
        if value == nil {
            name = "client_id"
            value = try self[name]
        }
        let found = value?.string
        let listed = { (names: [String]) in found.flatMap { found in names.first { $0.isExactly(found) } } }
        if rules.authorizedParties.isEmpty { return listed(rules.keptParties) }
        guard let party = listed(rules.authorizedParties) else {
            let description =
                value.map { "\(name) is \($0.string.map(LogText.quote) ?? $0.typeName)" } ?? "neither azp nor client_id"
            throw TokenError(
                .authorizedPartyWrong, "\(description); expected one of \(LogText.list(rules.authorizedParties))")
        }
        return party
    }
}
