// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import Testing
import Vending

@testable import Tokens

struct VerdictMemoryTests {
    @Test("recalls only tokens that were verified before")
    func recall() throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator()
        let (alice, bob) = (try issuer.token(), try issuer.token(["sub": #""bob""#]))
        #expect(authenticator.recall(alice, at: TestIssuer.now) == nil)
        _ = try authenticator.authenticate(alice, at: TestIssuer.now)
        #expect(authenticator.recall(alice, at: TestIssuer.now)?.subject == Subject("alice"))
        #expect(authenticator.recall(bob, at: TestIssuer.now) == nil)
        _ = try authenticator.authenticate(bob, at: TestIssuer.now)
        #expect(authenticator.recall(alice, at: TestIssuer.now)?.subject == Subject("alice"))
        #expect(authenticator.recall(bob, at: TestIssuer.now)?.subject == Subject("bob"))
    }

    @Test("does not recall a token with any character changed")
    func everyCharacter() throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator()
        let token = try issuer.token()
        _ = try authenticator.authenticate(token, at: TestIssuer.now)
        for index in token.rawValue.utf8.indices {
            var bytes = Array(token.rawValue.utf8)
            let offset = token.rawValue.utf8.distance(from: token.rawValue.utf8.startIndex, to: index)
            bytes[offset] = bytes[offset] == 0x41 ? 0x42 : 0x41
            guard bytes != Array(token.rawValue.utf8) else { continue }
            #expect(
                authenticator.recall(BearerToken(hashing: String(decoding: bytes, as: UTF8.self)), at: TestIssuer.now)
                    == nil)
        }
    }

    @Test("does not remember a rejected token")
    func refused() throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator()
        let token = try issuer.token(["aud": #""other""#])
        #expect(authenticator.refusal(of: token) == .audienceWrong)
        #expect(authenticator.recall(token, at: TestIssuer.now) == nil)
        #expect(authenticator.verdictCount == 0)
    }

    @Test("recalls no verdict from exp on and remembers none within the leeway")
    func expiry() throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator()
        let token = try issuer.token()
        _ = try authenticator.authenticate(token, at: TestIssuer.now)
        let expiration = Date(timeIntervalSince1970: 1_795_233_600)
        #expect(authenticator.recall(token, at: expiration.addingTimeInterval(-0.001)) != nil)
        #expect(authenticator.recall(token, at: expiration) == nil)
        let late = try issuer.token(["sub": #""late""#])
        let inLeeway = expiration.addingTimeInterval(30)
        #expect(authenticator.refusal(of: late, at: inLeeway) == nil)
        #expect(authenticator.recall(late, at: inLeeway) == nil)
        #expect(authenticator.refusal(of: late, at: expiration.addingTimeInterval(60)) == .expired)
        authenticator.removeExpiredVerdicts(at: expiration)
        #expect(authenticator.verdictCount == 0)
    }

    @Test("the number of remembered verdicts is bounded")
    func bounded() throws {
        let issuer = try TestIssuer(.ed25519, .edDSA)
        let authenticator = try issuer.authenticator(verdicts: 32)
        for number in 0..<200 {
            let token = try issuer.token(["sub": #""user\#(number)""#])
            let identity = try authenticator.authenticate(token, at: TestIssuer.now)
            #expect(identity.subject == Subject("user\(number)"))
            #expect(authenticator.recall(token, at: TestIssuer.now)?.subject == Subject("user\(number)"))
        }
        #expect(authenticator.verdictCount <= 32)
        #expect(authenticator.verdictCount >= 16)
    }

    @Test("a million distinct tokens do not grow the memory beyond its limit")
    func million() async {
        // In a process of its own: tests that run in parallel would count as growth.
        await #expect(processExitsWith: .success) {
            let memory = VerdictMemory(capacity: 1_000)
            let issuer = try TestIssuer()
            let key = VerificationKey(keyID: "k", algorithm: nil, publicKey: issuer.key.publicKey)
            let rules = try issuer.rules()
            let end = TestIssuer.now.addingTimeInterval(3_600)
            func remember(_ numbers: Range<Int>) {
                for number in numbers {
                    let identity = VerifiedIdentity(
                        issuer: Issuer(TestIssuer.name), subject: Subject("user \(number)"), expiration: end)
                    let digest = SHA256Digest(words: SHA256.digest("\(number)").words)
                    memory.remember(.init(identity: identity, key: key, rules: rules), of: digest, at: TestIssuer.now)
                }
            }
            remember(0..<100_000)
            let before = VerdictMemoryTests.residentBytes()
            remember(100_000..<1_000_000)
            #expect((500...1_000).contains(memory.count))
            #expect(VerdictMemoryTests.residentBytes() - before < 8 << 20)
        }
    }

    /// Of this process; reads `statm`, proc(5).
    private static func residentBytes() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }

    @Test("retiring a key invalidates its verdicts and keeps those of other keys")
    func retired() throws {
        let (old, new) = (try TestIssuer(keyID: "old"), try TestIssuer(keyID: "new"))
        let keys = try KeySet(jwks: Array(#"{"keys":[\#(old.jwk()),\#(new.jwk())]}"#.utf8))
        let authenticator = TokenAuthenticator(issuers: [
            IssuerRules(issuer: Issuer(TestIssuer.name), audiences: ["shop"], keys: FixedKeys(keys))
        ])
        let (first, second) = (try old.token(), try new.token())
        _ = try authenticator.authenticate(first, at: TestIssuer.now)
        _ = try authenticator.authenticate(second, at: TestIssuer.now)
        keys.keys[0].retire()
        #expect(authenticator.recall(first, at: TestIssuer.now) == nil)
        #expect(authenticator.recall(second, at: TestIssuer.now) != nil)
        authenticator.forgetVerdicts(of: Issuer("https://other.example/"))
        #expect(authenticator.recall(second, at: TestIssuer.now) != nil)
        authenticator.forgetVerdicts(of: Issuer(TestIssuer.name))
        #expect(authenticator.recall(second, at: TestIssuer.now) == nil)
    }

    @Test("rejects a token whose key is retired during the verification")
    func withdrawnMeanwhile() throws {
        let issuer = try TestIssuer()
        let keys = try KeySet(jwks: Array(#"{"keys":[\#(issuer.jwk())]}"#.utf8))
        let authenticator = TokenAuthenticator(issuers: [
            IssuerRules(issuer: Issuer(TestIssuer.name), audiences: ["shop"], keys: FixedKeys(keys))
        ])
        // The state of a verification that selected its key before the retirement.
        keys.keys[0].retire()
        let token = try issuer.token()
        #expect(authenticator.refusal(of: token) == .keyUnknown)
        #expect(authenticator.recall(token, at: TestIssuer.now) == nil)
        #expect(authenticator.verdictCount == 0)
    }

    @Test("concurrent verification and recall never confuse users")
    func concurrent() async throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator()
        let tokens = try (0..<40).map { ("user\($0)", try issuer.token(["sub": #""user\#($0)""#])) }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for (name, token) in tokens.shuffled() {
                        let known = authenticator.recall(token, at: TestIssuer.now)
                        let identity: VerifiedIdentity
                        do {
                            identity = try known ?? authenticator.authenticate(token, at: TestIssuer.now)
                        } catch {
                            return false
                        }
                        guard identity.subject == Subject(name) else { return false }
                    }
                    return true
                }
            }
            for await correct in group { #expect(correct) }
        }
        #expect(authenticator.verdictCount == 40)
    }
}
