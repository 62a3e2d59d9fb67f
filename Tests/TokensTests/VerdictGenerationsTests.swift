// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import Testing
import Vending

@testable import Tokens

/// Eviction when there are more verdicts than the capacity.
struct VerdictGenerationsTests {
    private let key: VerificationKey
    private let rules: IssuerRules

    init() throws {
        let issuer = try TestIssuer()
        key = try issuer.keys().keys[0]
        rules = try issuer.rules()
    }

    private func verdict(_ subject: String, seconds: Double = 60) -> VerdictMemory.Verdict {
        VerdictMemory.Verdict(
            identity: VerifiedIdentity(
                issuer: Issuer(TestIssuer.name), subject: Subject(subject),
                expiration: TestIssuer.now.addingTimeInterval(seconds)),
            key: key, rules: rules)
    }

    private func known(_ generations: VerdictGenerations, _ names: String) -> String {
        names.filter {
            generations.value(for: SHA256Digest(words: SHA256.digest(String($0)).words), at: TestIssuer.now) != nil
        }
    }

    @Test("keeps at least the latest half of the capacity and never exceeds it")
    func evictsOldest() {
        var generations = VerdictGenerations(capacity: 6)
        let names = "abcdefghijklmnopqrstuvwxyz"
        for (index, name) in names.enumerated() {
            _ = generations.insert(
                verdict(String(name)), for: SHA256Digest(words: SHA256.digest(String(name)).words), at: TestIssuer.now)
            #expect(generations.count <= 6)
            let latest = String(names.prefix(index + 1).suffix(3))
            #expect(known(generations, latest) == latest)
        }
        #expect(known(generations, "abcdefghijklmnopqrst").isEmpty)
    }

    @Test("a verdict that is inserted again counts once and becomes the latest")
    func again() {
        var generations = VerdictGenerations(capacity: 6)
        for name in "abcabcabc" {
            let evicted = generations.insert(
                verdict(String(name)), for: SHA256Digest(words: SHA256.digest(String(name)).words), at: TestIssuer.now)
            #expect(evicted.isEmpty)
        }
        #expect(generations.count == 3)
        for name in "dea" {
            _ = generations.insert(
                verdict(String(name)), for: SHA256Digest(words: SHA256.digest(String(name)).words), at: TestIssuer.now)
        }
        #expect(generations.count == 5)
        let evicted = generations.insert(
            verdict("f"), for: SHA256Digest(words: SHA256.digest("f").words), at: TestIssuer.now)
        #expect(evicted.count == 2)
        #expect(known(generations, "abcdef") == "adef")
    }

    @Test("removes few or many matching verdicts from both generations")
    func removal() {
        for few in [true, false] {
            var generations = VerdictGenerations(capacity: 6)
            for (index, name) in "abcde".enumerated() {
                let short = (index % 3 == 0) == few
                _ = generations.insert(
                    verdict(String(name), seconds: short ? 10 : 60),
                    for: SHA256Digest(words: SHA256.digest(String(name)).words),
                    at: TestIssuer.now)
            }
            let later = TestIssuer.now.addingTimeInterval(10)
            generations.removeAll { $0.identity.expiration <= later }
            #expect(known(generations, "abcde") == (few ? "bce" : "ad"))
        }
    }
}
