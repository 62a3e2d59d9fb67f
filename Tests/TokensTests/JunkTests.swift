// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Synchronization
import Testing
import Tokens
import Vending

/// Malformed tokens cost no signature check: the tests count the look-ups of keys.
@Suite struct JunkTests {
    private final class CountedKeys: KeySource {
        let lookups = Mutex(0)
        private let keys: KeySet

        init(_ keys: KeySet) { self.keys = keys }

        var current: KeySet? {
            lookups.withLock { $0 += 1 }
            return keys
        }
        var status: KeySourceStatus { KeySourceStatus() }
        func search(for key: SoughtKey) -> KeySearchResult { .absent }
        func isAbsent(_ key: SoughtKey) -> Bool { true }
        func renew() async { lookups.withLock { $0 += 1 } }
        func run() async {}
    }

    private let issuer: TestIssuer
    private let keys: CountedKeys
    private let authenticator: TokenAuthenticator

    init() throws {
        issuer = try TestIssuer()
        keys = CountedKeys(try issuer.keys())
        authenticator = TokenAuthenticator(issuers: [
            IssuerRules(
                issuer: Issuer(TestIssuer.name), audiences: ["shop"], algorithms: [.es256, .rs256], keys: keys)
        ])
    }

    @Test("rejects a malformed token without looking up a key")
    func form() async throws {
        let good = try issuer.token().rawValue
        let parts = good.split(separator: ".").map(String.init)
        let junk = [
            "", ".", "..", "a.b", good + ".", good + "=", " " + good, good + "\n", good.replacing(".", with: "~"),
            String(repeating: "a", count: 20_000), "\(parts[0]).\(parts[1])=.\(parts[2])", "\(parts[0])..\(parts[2])",
            "\(parts[1]).\(parts[1]).\(parts[2])", "{}.{}.{}",
        ]
        let headers = [
            "", "[]", "{}", #"{"alg":"none"}"#, #"{"alg":"HS256"}"#, #"{"alg":"es256"}"#, #"{"alg":"PS256"}"#,
            #"{"alg":"ES256","crit":["x"]}"#, #"{"alg":"ES256","typ":"logout+jwt"}"#, #"{"alg":"ES256","alg":"ES256"}"#,
            #"{"alg":"ES256","kid":7}"#, #"{"alg":"ES256","cty":"JWT"}"#,
        ]
        let payloads = [
            "", "[]", "{}", #"{"iss":7}"#, #"{"iss":"https://other.example.com/"}"#, #"{"iss":"x","iss":"y"}"#,
        ]
        let tokens =
            try junk.map(BearerToken.init(hashing:)) + headers.map { try issuer.token(header: $0) }
            + payloads.map { try issuer.token(payload: $0) }
        for token in tokens {
            await #expect(throws: TokenError.self) { try await authenticator.verify(token, at: TestIssuer.now) }
        }
        #expect(keys.lookups.withLock { $0 } == 0)
        _ = try await authenticator.verify(BearerToken(hashing: good), at: TestIssuer.now)
        #expect(keys.lookups.withLock { $0 } == 1)
    }
}
