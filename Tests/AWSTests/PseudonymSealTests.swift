// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing
import Vending

@testable import AWS

/// `sealed` is base64url of the nonce and what AES-256-GCM made of the user. A nonce that two different users share
/// under one key gives away the difference of their names and the authentication key (NIST SP 800-38D §8).
@Suite struct PseudonymSealTests {
    private let key = PseudonymKey(Array(0..<32))!
    private let other = PseudonymKey(Array(1..<33))!
    private let issuers = ["https://login.example.com/", "https://login.example.com"].map { Issuer($0) }

    private func nonce(_ key: PseudonymKey, _ issuer: Issuer, _ subject: String) throws -> [UInt8] {
        let sealed = key.pseudonymize(issuer, Subject(subject)).sealed
        return Array(try #require(Base64URL.decode(sealed)).prefix(AES256GCM.nonceLength))
    }

    @Test("the sealed values of two users differ from their first 16 characters, the nonce, on")
    func twoUsers() {
        let alice = key.pseudonymize(issuers[0], Subject("alice")).sealed
        let bob = key.pseudonymize(issuers[0], Subject("bob")).sealed
        #expect(alice.prefix(16) != bob.prefix(16))
    }

    @Test("no two users, issuers or keys share a nonce")
    func distinct() throws {
        var nonces: Set<[UInt8]> = []
        let subjects = (0..<500).map { "user-\($0)" }
        for key in [key, other] {
            for issuer in issuers {
                for subject in subjects { nonces.insert(try nonce(key, issuer, subject)) }
            }
        }
        #expect(nonces.count == 2 * issuers.count * subjects.count)
    }

    @Test("subjects and issuers that read the same when joined have different nonces")
    func boundary() throws {
        #expect(try nonce(key, Issuer("https://a"), "bc") != nonce(key, Issuer("https://ab"), "c"))
    }

    @Test("a user's sealed value is the same each time: a nonce is repeated only for the very same message")
    func sameUser() {
        let again = PseudonymKey(Array(0..<32))!
        #expect(
            key.pseudonymize(issuers[0], Subject("alice")).sealed
                == again.pseudonymize(issuers[0], Subject("alice")).sealed)
    }
}
