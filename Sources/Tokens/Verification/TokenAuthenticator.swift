private import Cryptography
package import FoundationEssentials
import StrictJSON
package import Vending

/// Verifies tokens of the configured issuers, and remembers the good ones.
package final class TokenAuthenticator: TokenVerifier {
    private let issuers: [Issuer: IssuerRules]
    private let memory: VerdictMemory

    /// - Parameters:
    ///   - issuers: each issuer once; the configuration refuses a second of the same name, and here the last one counts.
    ///   - verdicts: remembered at most.
    package init(issuers: [IssuerRules], verdicts: Int = 100_000) {
        self.issuers = Dictionary(
            issuers.map { ($0.issuer, $0) }, uniquingKeysWith: { _, last in last })
        memory = VerdictMemory(capacity: verdicts)
    }

    package func recall(_ token: BearerToken, at now: Date) -> VerifiedIdentity? {
        memory.recall(SHA256.digest(token.rawValue), at: now)
    }

    /// Where a token names a key that the issuer may have published since, its source looks for it first.
    package func verify(_ token: BearerToken, at now: Date) async throws(TokenError) -> VerifiedIdentity {
        let candidate = try candidate(token)
        let source = candidate.rules.keys
        let keys = source.current
        let first: TokenError
        do throws(TokenError) {
            return try judge(candidate, by: keys, at: now)
        } catch {
            guard candidate.isUndecided(error.reason) else { throw error }
            first = error
        }
        await source.renew()
        let newer = source.current
        if let keys, let newer, newer.isIdentical(to: keys) {
            guard first.reason == .keyUnknown, source.status.failing else { throw first }
            throw TokenError(.keysUnavailable, "\(first.detail); newer keys could not be had")
        }
        return try judge(candidate, by: newer, at: now)
    }

    /// The verdict by the keys that are here, synchronously.
    package func authenticate(_ token: BearerToken, at now: Date) throws(TokenError) -> VerifiedIdentity {
        let candidate = try candidate(token)
        return try judge(candidate, by: candidate.rules.keys.current, at: now)
    }

    /// A token whose form and issuer are good. Nothing of it is authentic.
    private struct Candidate {
        let token: CompactToken
        let claimsSet: JSONMembers
        let rules: IssuerRules
        let digest: SHA256.Digest

        /// Whether newer keys might decide otherwise. With a `kid` there is no doubt which key it is that did not sign;
        /// without one it may be the key before.
        func isUndecided(_ reason: TokenError.Reason) -> Bool {
            switch reason {
            case .keyUnknown: true
            case .signatureInvalid, .keyUnfit, .keyAmbiguous: token.header.keyID == nil
            default: false
            }
        }
    }

    /// In the order of cost and of trust: what an attacker can make us do before a signature is checked is one pass over
    /// 16 KiB, and no claim but `iss` is believed before.
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
        return Candidate(token: compact, claimsSet: claimsSet, rules: rules, digest: SHA256.digest(bytes))
    }

    private func judge(
        _ candidate: Candidate, by keys: KeySet?, at now: Date
    ) throws(TokenError) -> VerifiedIdentity {
        let rules = candidate.rules
        guard let keys else {
            throw TokenError(.keysUnavailable, "no keys of issuer \(LogText.quote(rules.issuer.rawValue)) at present")
        }
        let header = candidate.token.header
        let key = try keys.select(keyID: header.keyID, algorithm: header.algorithm)
        try candidate.token.verify(with: key)
        let identity = try Claims(payload: candidate.claimsSet).check(against: rules, at: now)
        // The issuer may have withdrawn the key meanwhile.
        guard !key.isRetired else { throw TokenError(.keyUnknown, "the key was withdrawn just now") }
        memory.remember(.init(identity: identity, key: key), of: candidate.digest, at: now)
        return identity
    }

    /// The issuer's rules, by the exact bytes of `iss`. An issuer that is not configured costs no more than this.
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

    /// Whether every issuer has keys.
    package var isReady: Bool { issuersWithoutKeys.isEmpty }

    /// The issuers whose tokens are refused with `keysUnavailable` at present.
    package var issuersWithoutKeys: [Issuer] {
        issuers.values.filter { $0.keys.current == nil }.map(\.issuer)
    }

    /// For metrics, by issuer in the order of names.
    package var keyStatus: [(issuer: Issuer, status: KeySourceStatus)] {
        issuers.values.map { ($0.issuer, $0.keys.status) }.sorted { $0.issuer.rawValue < $1.issuer.rawValue }
    }

    /// Has every source look for keys once, for whoever needs a verdict without `run`.
    package func renewKeys() async {
        await withTaskGroup { group in
            for rules in issuers.values {
                group.addTask { await rules.keys.renew() }
            }
        }
    }

    /// Keeps the keys of all issuers up to date, until its task is cancelled.
    package func run() async {
        await withTaskGroup { group in
            for rules in issuers.values {
                group.addTask { await rules.keys.run() }
            }
        }
    }
}

/// The verdicts.
extension TokenAuthenticator {
    package var verdictCount: Int { memory.count }

    /// Gives the memory of expired verdicts back; they are not recalled in any case.
    package func removeExpiredVerdicts(at now: Date) {
        memory.removeExpired(at: now)
    }

    /// Forgets what was verified for `issuer`, so that its tokens are verified anew. A key that is withdrawn is retired
    /// instead (`VerificationKey.retire`), which also reaches verifications under way.
    package func forgetVerdicts(of issuer: Issuer) {
        memory.removeAll { $0.identity.issuer == issuer }
    }
}
