// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import StrictJSON
import Vending

extension Claims {
    /// Checks the claims of an authentic logout token, in this order: iss, aud, iat, exp, events, nonce, jti, sub, sid
    /// (OpenID Connect Back-Channel Logout 1.0 §2.6).
    func logout(under rules: IssuerRules, _ logout: LogoutRules, at now: Date) throws(LogoutError) -> LogoutRecord {
        let issuer = rules.issuer
        try Self.asToken { () throws(TokenError) in
            guard try self["iss"]?.string?.isExactly(issuer.rawValue) == true else {
                throw TokenError(.issuerUnknown, "iss is not \(LogText.quote(issuer.rawValue))")
            }
            try checkLogoutAudience(logout.audiences)
        }
        let issuedAt = try checkLogoutTimes(leeway: rules.leewaySeconds, now: now.timeIntervalSince1970)
        guard try claim("events")?.object?[Self.logoutEvent]?.object != nil else {
            throw .invalid(.eventMissing, "events has no object \(Self.logoutEvent)")
        }
        guard try claim("nonce") == nil else {
            throw .invalid(.noncePresent, "it has a nonce, as ID tokens have and logout tokens must not")
        }
        guard let identifier = try claim("jti")?.string, !identifier.isEmpty else {
            throw .invalid(.identifierMissing, "jti is not a string with at least one character")
        }
        let user = try Self.asToken { () throws(TokenError) in try subjectOfLogout() }
        let session = try Self.asToken { () throws(TokenError) in try sessionID() }
        guard user != nil || session != nil else {
            throw .invalid(.holderMissing, "it has neither sub nor sid")
        }
        let hashing = logout.hashing
        return LogoutRecord(
            identifier: hashing.logoutKey(.identifier, issuer, identifier), issuedAt: Int(issuedAt.rounded(.up)),
            user: user.map { hashing.logoutKey(.user, issuer, $0) },
            session: session.map { hashing.logoutKey(.session, issuer, $0) })
    }

    private func claim(_ name: String) throws(LogoutError) -> JSONValue? {
        try Self.asToken { () throws(TokenError) in try self[name] }
    }

    private static func asToken<Value>(_ body: () throws(TokenError) -> Value) throws(LogoutError) -> Value {
        do throws(TokenError) {
            return try body()
        } catch {
            throw .tokenRefused(error)
        }
    }

    private func checkLogoutAudience(_ expected: [String]) throws(TokenError) {
        let found = try audiences(expecting: expected)
        guard found.contains(where: { audience in expected.contains { $0.isExactly(audience) } }) else {
            throw TokenError(
                .audienceWrong, "aud is \(LogText.list(found)); expected one of \(LogText.list(expected))")
        }
    }

    /// - Returns: `iat`.
    private func checkLogoutTimes(leeway: Double, now: Double) throws(LogoutError) -> Double {
        let (issuedAt, expiration) = try Self.asToken { () throws(TokenError) in
            guard let issuedAt = try date("iat", malformed: .issuedAtMalformed) else {
                throw TokenError(.issuedAtMissing, "no iat")
            }
            guard issuedAt <= now + leeway else {
                throw TokenError(.issuedInFuture, "issued \(Int(issuedAt - now)) s in the future")
            }
            let expiration = try date("exp", malformed: .expirationMalformed)
            if let expiration, now >= expiration + leeway {
                throw TokenError(.expired, "expired \(Int(now - expiration)) s ago")
            }
            return (issuedAt, expiration)
        }
        let age = expiration == nil ? Self.maximumAgeWithoutExpiration : Self.maximumAge
        guard now - issuedAt <= age + leeway else {
            throw .invalid(.tooOld, "issued \(Int(now - issuedAt)) s ago; expected at most \(Int(age)) s")
        }
        return issuedAt
    }

    private func subjectOfLogout() throws(TokenError) -> String? {
        guard let value = try self["sub"] else { return nil }
        guard let text = value.string, !text.isEmpty else {
            throw TokenError(.subjectMalformed, "sub is \(value.string == nil ? value.typeName : "empty")")
        }
        return text
    }

    private static var logoutEvent: String { "http://schemas.openid.net/event/backchannel-logout" }
    /// In seconds. Long enough for an issuer that tries again, and short enough to remember each `jti` meanwhile.
    package static var maximumAge: Double { 3_600 }
    /// Providers that follow a draft of the specification send no `exp`.
    private static var maximumAgeWithoutExpiration: Double { 600 }
}
