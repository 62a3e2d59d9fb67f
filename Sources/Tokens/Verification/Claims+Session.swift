// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Vending

extension Claims {
    /// What a logout is compared with; `nil` without back-channel logout. Then `iat` is optional and `sid` is not read.
    func session(of subject: Subject, under rules: IssuerRules) throws(TokenError) -> TokenSession? {
        guard let hashing = rules.logout?.hashing else { return nil }
        guard let issuedAt = try date("iat", malformed: .issuedAtMalformed) else {
            throw TokenError(.issuedAtMissing, "no iat, which an issuer with backchannel-logout must send")
        }
        return TokenSession(
            issuedAt: issuedAt, user: hashing.logoutKey(.user, rules.issuer, subject.rawValue),
            session: try sessionID().map { hashing.logoutKey(.session, rules.issuer, $0) })
    }

    /// `sid` (OpenID Connect Front-Channel Logout 1.0 §3).
    func sessionID() throws(TokenError) -> String? {
        guard let value = try self["sid"] else { return nil }
        guard let text = value.string, !text.isEmpty else {
            throw TokenError(
                .sessionMalformed, "sid is \(value.string == nil ? value.typeName : "empty"), not a session's id")
        }
        return text
    }
}
