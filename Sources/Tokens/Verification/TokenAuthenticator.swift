private import Cryptography
package import FoundationEssentials
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

    package func verify(_ token: BearerToken, at now: Date) async throws(TokenRefusal) -> VerifiedIdentity {
        try authenticate(token, at: now)
    }

    /// The whole verification, synchronously. In the order of cost and of trust: what an attacker can make us do
    /// before a signature is checked is one pass over 16 KiB, and no claim but `iss` is believed before.
    package func authenticate(_ token: BearerToken, at now: Date) throws(TokenRefusal) -> VerifiedIdentity {
        let bytes = Array(token.rawValue.utf8)
        let compact = try CompactToken(bytes)
        let claimsSet = try compact.claimsSet()
        let rules = try rules(for: claimsSet)
        let algorithm = compact.header.algorithm
        if let allowed = rules.algorithms, !allowed.contains(algorithm) {
            throw TokenRefusal(
                .algorithmNotAllowed,
                "alg is \(algorithm.rawValue); the issuer is configured for \(allowed.map(\.rawValue).sorted().joined(separator: ", "))"
            )
        }
        guard let keys = rules.keys.current else {
            throw TokenRefusal(.keysUnavailable, "no keys of issuer \(Words.quote(rules.issuer.rawValue)) so far")
        }
        let key = try keys.select(keyID: compact.header.keyID, algorithm: algorithm)
        try compact.verify(with: key)
        let identity = try Claims(payload: claimsSet).check(against: rules, at: now)
        memory.remember(.init(identity: identity, key: key), of: SHA256.digest(bytes), at: now)
        return identity
    }

    /// The issuer's rules, by the exact bytes of `iss`. An issuer that is not configured costs no more than this.
    private func rules(for claimsSet: JSONMembers) throws(TokenRefusal) -> IssuerRules {
        let found: JSONValue?
        do throws(JSONProblem) {
            found = try claimsSet.value("iss")
        } catch {
            throw TokenRefusal(.payloadMalformed, "iss: \(error)")
        }
        guard let value = found else { throw TokenRefusal(.issuerMissing, "no iss") }
        guard let issuer = value.string else {
            throw TokenRefusal(.issuerMissing, "iss is \(value.typeName), not a string")
        }
        guard let rules = issuers[Issuer(issuer)] else {
            throw TokenRefusal(
                .issuerUnknown,
                "iss is \(Words.quote(issuer)); configured: \(Words.list(issuers.keys.map(\.rawValue).sorted()))")
        }
        return rules
    }

    /// Whether every issuer has keys.
    package var isReady: Bool { issuersWithoutKeys.isEmpty }

    /// The issuers whose tokens are refused with `keysUnavailable` at present.
    package var issuersWithoutKeys: [Issuer] {
        issuers.values.filter { $0.keys.current == nil }.map(\.issuer)
    }

    /// Fetches what keys have to be fetched; ends when each issuer has some, or when its task is cancelled.
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
