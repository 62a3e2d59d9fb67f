// SPDX-License-Identifier: Apache-2.0

import Cryptography
package import FoundationEssentials
import StrictJSON
package import Vending

/// Verifies tokens of the configured issuers and caches the verdicts of valid ones.
package final class TokenAuthenticator: TokenVerifier {
    private let issuers: [Issuer: IssuerRules]
    private let memory: VerdictMemory

    /// - Parameters:
    ///   - issuers: each issuer once; the configuration rejects duplicates, and here the last one wins.
    ///   - verdicts: the maximum number of cached verdicts. The default fills tables whose size is a power of two, of
    ///     which Swift's dictionaries use three quarters; 100,000 would take twice the memory.
    package convenience init(issuers: [IssuerRules], verdicts: Int = 98_304) {
        self.init(issuers, VerdictMemory(capacity: verdicts))
    }

    /// For other rules after a reload. Keeps the verdicts by the rules that both have; `retire` ends the others.
    package convenience init(issuers: [IssuerRules], replacing old: TokenAuthenticator) {
        self.init(issuers, old.memory)
    }

    private init(_ issuers: [IssuerRules], _ memory: VerdictMemory) {
        self.issuers = Dictionary(issuers.map { ($0.issuer, $0) }, uniquingKeysWith: { _, last in last })
        self.memory = memory
    }

    /// Voids the verdicts by rules that `successor` does not have, also those of verifications in flight.
    package func retire(for successor: TokenAuthenticator) {
        for rules in issuers.values where successor.issuers[rules.issuer] !== rules { rules.retire() }
        memory.removeAll { $0.rules.isRetired }
    }

    package func rules(of issuer: Issuer) -> IssuerRules? { issuers[issuer] }

    /// The sources of all issuers' keys.
    package var keySources: [any KeySource] { issuers.values.map(\.keys) }

    package func recall(_ token: BearerToken, at now: Date) -> VerifiedIdentity? {
        memory.recall(token.digest, at: now)
    }

    /// If the token's key may have been published recently, verification first waits for the key source to look for it.
    package func verify(_ token: BearerToken, at now: Date) async throws(TokenError) -> VerifiedIdentity {
        let candidate = try candidate(token)
        let source = candidate.rules.keys
        let keys = source.current
        let first: TokenError
        do throws(TokenError) {
            return try evaluate(candidate, by: keys, at: now)
        } catch {
            guard candidate.isUndecided(error.reason) else { throw error }
            first = error
        }
        let result = await source.search(for: candidate.soughtKey)
        let newer = source.current
        var last = first
        if let keys, let newer, newer.isIdentical(to: keys) {
            // The result would be the same.
        } else {
            do throws(TokenError) {
                return try evaluate(candidate, by: newer, at: now)
            } catch {
                guard candidate.isUndecided(error.reason) else { throw error }
                last = error
            }
        }
        guard case .pending(let retryAfter) = result else { throw last }
        if source.status.failing { throw TokenError(.keysUnavailable, "\(last.detail); newer keys are unavailable") }
        throw TokenError(
            .keyPending, "\(last.detail); the issuer may have published another key since", retryAfter: retryAfter)
    }

    package func verifyAtOnce(_ token: BearerToken, at now: Date) throws(TokenError) -> VerifiedIdentity? {
        let candidate = try candidate(token)
        do throws(TokenError) {
            return try evaluate(candidate, by: candidate.rules.keys.current, at: now)
        } catch {
            guard candidate.isUndecided(error.reason), !candidate.rules.keys.isAbsent(candidate.soughtKey) else {
                throw error
            }
            return nil
        }
    }

    /// Verifies with the current keys only, synchronously.
    package func authenticate(_ token: BearerToken, at now: Date) throws(TokenError) -> VerifiedIdentity {
        let candidate = try candidate(token)
        return try evaluate(candidate, by: candidate.rules.keys.current, at: now)
    }

    /// A token with a valid form and a configured issuer. Nothing of it is authentic yet.
    private struct Candidate {
        let token: CompactToken
        let claimsSet: JSONMembers
        let rules: IssuerRules
        let digest: SHA256Digest

        /// Whether newer keys could change the result. With a `kid`, the key that did not make the signature is known;
        /// without one, the issuer may have replaced its key.
        func isUndecided(_ reason: TokenError.Reason) -> Bool {
            switch reason {
            case .keyUnknown: true
            case .signatureInvalid, .keyUnfit, .keyAmbiguous: token.header.keyID == nil
            default: false
            }
        }

        var soughtKey: SoughtKey { token.header.keyID.map { .named($0) } ?? .unnamed(digest) }
    }

    /// Checks in the order of cost and trust: before the signature check, an attacker can cause at most one pass over
    /// 16 KiB, and no claim except `iss` is used.
    private func candidate(_ token: BearerToken) throws(TokenError) -> Candidate {
        let bytes = Array(token.rawValue.utf8)
        let compact = try CompactToken(bytes)
        let claimsSet = try compact.claimsSet()
        let rules = try rules(for: claimsSet)
        let algorithm = compact.header.algorithm
        if let allowed = rules.algorithms, !allowed.contains(algorithm) {
            throw TokenError(
                .algorithmNotAllowed,
                "alg is \(algorithm.rawValue); the issuer is configured for \(allowed.map(\.rawValue).sorted().joined(separator: ", "))"
            )
        }
        return Candidate(token: compact, claimsSet: claimsSet, rules: rules, digest: token.digest)
    }

    private func evaluate(
        _ candidate: Candidate, by keys: KeySet?, at now: Date
    ) throws(TokenError) -> VerifiedIdentity {
        let rules = candidate.rules
        guard let keys else {
            throw TokenError(
                .keysUnavailable, "no keys are available for issuer \(LogText.quote(rules.issuer.rawValue))")
        }
        let header = candidate.token.header
        let key = try keys.select(keyID: header.keyID, algorithm: header.algorithm)
        try candidate.token.verify(with: key)
        let identity = try Claims(payload: candidate.claimsSet).check(against: rules, at: now)
        // The issuer may have withdrawn the key during the verification.
        guard !key.isRetired else { throw TokenError(.keyUnknown, "the key was withdrawn during the verification") }
        memory.remember(.init(identity: identity, key: key, rules: rules), of: candidate.digest, at: now)
        return identity
    }

    /// The rules of the issuer with exactly the bytes of `iss`. A token of an unknown issuer costs nothing beyond this.
    private func rules(for claimsSet: JSONMembers) throws(TokenError) -> IssuerRules {
        let found: JSONValue?
        do throws(JSONError) {
            found = try claimsSet.value("iss")
        } catch {
            throw TokenError(.payloadMalformed, "iss: \(error)")
        }
        guard let value = found else { throw TokenError(.issuerMissing, "no iss") }
        guard let issuer = value.string else {
            throw TokenError(.issuerMissing, "iss is \(value.typeName), not a string")
        }
        guard let rules = issuers[Issuer(issuer)] else {
            throw TokenError(
                .issuerUnknown,
                "iss is \(LogText.quote(issuer)); configured: \(LogText.list(issuers.keys.map(\.rawValue).sorted()))"
                    + IssuerMismatchHint.text(of: issuer, among: issuers.keys.map(\.rawValue)))
        }
        return rules
    }

    /// For metrics, sorted by the issuer's name.
    package var keyStatus: [(issuer: Issuer, status: KeySourceStatus)] {
        issuers.values.map { ($0.issuer, $0.keys.status) }.sorted { $0.issuer.rawValue < $1.issuer.rawValue }
    }

    /// Makes the source of the token's issuer look for keys once, for callers that do not run the sources. Contacts nobody
    /// if the token's form or issuer is invalid.
    package func renewKeys(for token: BearerToken) async {
        guard let candidate = try? candidate(token) else { return }
        await candidate.rules.keys.renew()
    }
}

/// The cache of verdicts.
extension TokenAuthenticator {
    package var verdictCount: Int { memory.count }

    /// Frees the memory of expired verdicts; they are never recalled in any case.
    package func removeExpiredVerdicts(at now: Date) {
        memory.removeExpired(at: now)
    }

    /// Removes the verdicts of `issuer`, so that its tokens are verified again. For a withdrawn key, use
    /// `VerificationKey.retire`, which also covers verifications in flight.
    package func forgetVerdicts(of issuer: Issuer) {
        memory.removeAll { $0.identity.issuer == issuer }
    }
}
