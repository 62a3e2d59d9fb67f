import Cryptography
import Foundation
import Testing
import Vending

@testable import Tokens

/// What is remembered when there is more than may be.
struct VerdictGenerationsTests {
    private let key: VerificationKey

    init() throws {
        key = try TestIssuer().keys().keys[0]
    }

    private func verdict(_ subject: String, seconds: Double = 60) -> VerdictMemory.Verdict {
        VerdictMemory.Verdict(
            identity: VerifiedIdentity(
                issuer: Issuer(TestIssuer.name), subject: Subject(subject),
                expiration: TestIssuer.now.addingTimeInterval(seconds)),
            key: key)
    }

    private func known(_ generations: VerdictGenerations, _ names: String) -> String {
        names.filter { generations.value(for: SHA256.digest(String($0)), at: TestIssuer.now) != nil }
    }

    @Test("the latest half stays at least, and there are never more than the capacity")
    func oldestLeave() {
        var generations = VerdictGenerations(capacity: 6)
        let names = "abcdefghijklmnopqrstuvwxyz"
        for (index, name) in names.enumerated() {
            _ = generations.insert(verdict(String(name)), for: SHA256.digest(String(name)), at: TestIssuer.now)
            #expect(generations.count <= 6)
            let latest = String(names.prefix(index + 1).suffix(3))
            #expect(known(generations, latest) == latest)
        }
        #expect(known(generations, "abcdefghijklmnopqrst").isEmpty)
    }

    @Test("a token that is remembered again counts once and is the latest then")
    func again() {
        var generations = VerdictGenerations(capacity: 6)
        for name in "abcabcabc" {
            let left = generations.insert(
                verdict(String(name)), for: SHA256.digest(String(name)), at: TestIssuer.now)
            #expect(left.isEmpty)
        }
        #expect(generations.count == 3)
        for name in "dea" {
            _ = generations.insert(verdict(String(name)), for: SHA256.digest(String(name)), at: TestIssuer.now)
        }
        #expect(generations.count == 5)
        let left = generations.insert(verdict("f"), for: SHA256.digest("f"), at: TestIssuer.now)
        #expect(left.count == 2)
        #expect(known(generations, "abcdef") == "adef")
    }

    @Test("of both generations those leave that match, be they few or many")
    func removal() {
        for few in [true, false] {
            var generations = VerdictGenerations(capacity: 6)
            for (index, name) in "abcde".enumerated() {
                let short = (index % 3 == 0) == few
                _ = generations.insert(
                    verdict(String(name), seconds: short ? 10 : 60), for: SHA256.digest(String(name)),
                    at: TestIssuer.now)
            }
            let later = TestIssuer.now.addingTimeInterval(10)
            generations.removeAll { $0.identity.expiration <= later }
            #expect(known(generations, "abcde") == (few ? "bce" : "ad"))
        }
    }
}
