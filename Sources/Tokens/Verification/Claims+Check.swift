// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
import StrictJSON
package import Vending

extension Claims {
    /// Checks the claims against an issuer's rules, in this order: iss, kind of token, aud, azp, exp, nbf, iat,
    /// lifetime, sub, required claims.
    package func check(against rules: IssuerRules, at now: Date) throws(TokenError) -> VerifiedIdentity {
        guard try self["iss"]?.string?.isExactly(rules.issuer.rawValue) == true else {
            throw TokenError(.issuerUnknown, "iss is not \(LogText.quote(rules.issuer.rawValue))")
        }
        try checkKind()
        let audiences = try audiences(acceptedBy: rules)
        let party = try authorizedParty(acceptedBy: rules)
        let expiration = try checkTimes(against: rules, now: now.timeIntervalSince1970)
        let subject = try subject()
        try check(rules.requirements)
        return VerifiedIdentity(
            issuer: rules.issuer, subject: subject, expiration: Date(timeIntervalSince1970: expiration),
            audiences: audiences, authorizedParty: party, claims: try values(at: rules.keptClaims),
            session: try session(of: subject, under: rules))
    }

    private func checkTimes(against rules: IssuerRules, now: Double) throws(TokenError) -> Double {
        let leeway = rules.leewaySeconds
        guard let expiration = try date("exp", malformed: .expirationMalformed) else {
            throw TokenError(.expirationMissing, "no exp")
        }
        guard now < expiration + leeway else {
            throw TokenError(.expired, "expired \(Self.text(now - expiration)) ago (leeway \(Self.text(leeway)))")
        }
        if let notBefore = try date("nbf", malformed: .notBeforeMalformed), now + leeway < notBefore {
            throw TokenError(
                .notYetValid, "not valid for another \(Self.text(notBefore - now)) (leeway \(Self.text(leeway)))")
        }
        let issuedAt = try date("iat", malformed: .issuedAtMalformed)
        if let issuedAt, now + leeway < issuedAt {
            throw TokenError(
                .issuedInFuture, "issued \(Self.text(issuedAt - now)) in the future (leeway \(Self.text(leeway)))")
        }
        let maximum = rules.maximumLifetimeSeconds
        let lifetime = expiration - (issuedAt ?? now)
        guard lifetime <= maximum else {
            throw TokenError(
                .lifetimeTooLong, "lifetime is \(Self.text(lifetime)), at most \(Self.text(maximum)) is accepted")
        }
        return expiration
    }

    /// The subject is opaque, but it must have 1 to 256 bytes and no control characters, because AWS requests and logs
    /// contain it.
    private func subject() throws(TokenError) -> Subject {
        guard let value = try self["sub"] else { throw TokenError(.subjectMissing, "no sub") }
        guard let text = value.string else {
            throw TokenError(.subjectMalformed, "sub is \(value.typeName), not a string")
        }
        guard (1...256).contains(text.utf8.count) else {
            throw TokenError(.subjectMalformed, "sub has \(text.utf8.count) bytes, expected 1 to 256")
        }
        guard text.unicodeScalars.allSatisfy({ !Self.isControl($0) }) else {
            throw TokenError(.subjectMalformed, "sub contains a control character")
        }
        return Subject(text)
    }

    /// Unicode category Cc: C0, DEL and C1.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    private static func text(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole < 7200 ? "\(whole) s" : "\(whole) s (\(whole / 3600) h)"
    }
}
