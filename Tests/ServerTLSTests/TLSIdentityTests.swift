// SPDX-License-Identifier: Apache-2.0

import Foundation
import ServerTLS
import TestSupport
import Testing

@Suite struct TLSIdentityTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func error(_ certificate: [UInt8], _ key: [UInt8], clientCA: [UInt8]? = nil, at now: Date? = nil)
        -> TLSMaterialError?
    {
        do throws(TLSMaterialError) {
            _ = try TLSIdentity(
                TLSMaterial(certificate: certificate, key: key, clientCA: clientCA), now: now ?? self.now)
            return nil
        } catch {
            return error
        }
    }

    @Test("accepts a certificate with its key, also both in one file, and a chain")
    func good() throws {
        typealias Test = TestCertificates
        #expect(error(Test.certificate, Test.key) == nil)
        #expect(error(Test.certificate + Test.key, Test.certificate + Test.key) == nil)
        #expect(error(Test.certificate + Test.otherCertificate, Test.key, clientCA: Test.otherCertificate) == nil)
        let identity = try TLSIdentity(TLSMaterial(certificate: Test.certificate, key: Test.key), now: now)
        #expect(identity.expires > Date(timeIntervalSince1970: 4_900_000_000))
    }

    @Test("rejects an expired certificate at the moment of its end")
    func expired() throws {
        typealias Test = TestCertificates
        let end = try TLSIdentity(TLSMaterial(certificate: Test.certificate, key: Test.key), now: now).expires
        #expect(error(Test.certificate, Test.key, at: end.addingTimeInterval(-1)) == nil)
        let found = error(Test.certificate, Test.key, at: end)
        #expect(found?.part == .certificate && found?.reason.contains("expired at") == true)
    }

    @Test("names the file with the mistake, and never quotes it")
    func mistakes() {
        typealias Test = TestCertificates
        let cases: [(TLSMaterialError?, TLSMaterial.Part, String)] = [
            (error(Test.otherCertificate, Test.key), .key, "does not match"),
            (error(Test.otherCertificate + Test.certificate, Test.key), .key, "does not match"),
            (error([], Test.key), .certificate, "found no certificate"),
            (error(Test.key, Test.key), .certificate, "found no certificate"),
            (error(Test.certificate, []), .key, "found no key"),
            (error(Test.certificate, Test.certificate), .key, "found no key"),
            (error(Test.certificate, Test.encryptedKey), .key, "encrypted"),
            (error(Test.certificate, Test.key + Test.otherKey), .key, "several keys"),
            (error(Test.weakCertificate, Test.key), .certificate, "1024 bits"),
            (error(Test.ed25519Certificate, Test.key), .certificate, "Ed25519"),
            (error(Test.certificate, Test.key, clientCA: Array("none".utf8)), .clientCA, "found no certificate"),
            (error(Test.certificate, Test.key, clientCA: []), .clientCA, "found no certificate"),
        ]
        for (found, part, reason) in cases {
            #expect(
                found?.part == part && found?.reason.contains(reason) == true, "\(reason): \(String(describing: found))"
            )
            #expect(found?.reason.contains("expected") == true && found?.reason.contains("BEGIN") == false)
        }
    }
}
