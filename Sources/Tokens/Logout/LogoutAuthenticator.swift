// SPDX-License-Identifier: Apache-2.0

import Cryptography
package import FoundationEssentials
import StrictJSON
package import Vending

/// Verifies an issuer's logout tokens with the same keys and algorithms as its other tokens.
package struct LogoutAuthenticator: LogoutTokenVerifier {
    /// For how many seconds after a logout was issued it is remembered, so that no token issued before it is still
    /// valid, and no logout token is accepted twice.
    package static func retention(maximumLifetime: Duration, leeway: Duration) -> Int {
        Int(((max(maximumLifetime, .seconds(Claims.maximumAge)) + leeway) / .seconds(1)).rounded(.up)) + 1
    }

    private let rules: IssuerRules
    private let logout: LogoutRules

    /// `nil` for an issuer without back-channel logout.
    package init?(_ rules: IssuerRules) {
        guard let logout = rules.logout else { return nil }
        self.rules = rules
        self.logout = logout
    }

    package func verify(_ token: String, at now: Date) async throws(LogoutError) -> LogoutRecord {
        let claimsSet: JSONMembers
        do throws(TokenError) {
            let token = try CompactToken(Array(token.utf8), kind: .logout)
            claimsSet = try token.claimsSet()
            try checkOrigin(token, claimsSet)
            try await checkSignature(token)
        } catch {
            throw .tokenRefused(error)
        }
        let claims: Claims
        do throws(TokenError) {
            claims = try Claims(payload: claimsSet)
        } catch {
            throw .tokenRefused(error)
        }
        return try claims.logout(under: rules, logout, at: now)
    }

    /// Before the signature, so that tokens of other issuers cost nothing and cause no fetch of keys.
    private func checkOrigin(_ token: CompactToken, _ claimsSet: JSONMembers) throws(TokenError) {
        guard let issuer = try? claimsSet.value("iss")?.string, issuer.isExactly(rules.issuer.rawValue) else {
            throw TokenError(
                .issuerUnknown, "iss is not \(LogText.quote(rules.issuer.rawValue)), the issuer of the path")
        }
        guard rules.algorithms?.contains(token.header.algorithm) ?? true else {
            throw TokenError(
                .algorithmNotAllowed, "alg is \(token.header.algorithm.rawValue), which the issuer's algorithms exclude"
            )
        }
    }

    /// If the key may have been published recently, waits for the key source to look for it.
    private func checkSignature(_ token: CompactToken) async throws(TokenError) {
        do throws(TokenError) {
            return try checkSignature(token, by: rules.keys.current)
        } catch {
            switch error.reason {
            case .keyUnknown, .keysUnavailable: break
            case .signatureInvalid, .keyUnfit, .keyAmbiguous:
                guard token.header.keyID == nil else { throw error }
            default: throw error
            }
        }
        await rules.keys.renew()
        try checkSignature(token, by: rules.keys.current)
    }

    private func checkSignature(_ token: CompactToken, by keys: KeySet?) throws(TokenError) {
        guard let keys else {
            throw TokenError(
                .keysUnavailable, "no keys are available for issuer \(LogText.quote(rules.issuer.rawValue))")
        }
        let key = try keys.select(keyID: token.header.keyID, algorithm: token.header.algorithm)
        try token.verify(with: key)
        guard !key.isRetired else { throw TokenError(.keyUnknown, "the key was withdrawn during the verification") }
    }
}
