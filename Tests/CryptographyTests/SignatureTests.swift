// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing

struct SignatureTests {
    private static let message = Array("header.payload".utf8)

    private static func kinds() -> [(PrivateKey.Kind, [SignatureAlgorithm])] {
        [
            (.ec(.p256), [.es256]), (.ec(.p384), [.es384]), (.ec(.p521), [.es512]), (.ed25519, [.edDSA]),
            (.rsa(bits: 2048), [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]),
        ]
    }

    @Test("a signature verifies only with its key, message and algorithm")
    func exactMatch() throws {
        for (kind, algorithms) in Self.kinds() {
            let key = try PrivateKey.generate(kind)
            for algorithm in algorithms {
                let signature = try key.signed(Self.message, algorithm)
                let accepted = SignatureAlgorithm.allCases.filter {
                    key.publicKey.verifies(signature, over: Self.message, $0)
                }
                #expect(accepted == [algorithm])
                var other = Self.message
                other[3] ^= 1
                #expect(!key.publicKey.verifies(signature, over: other, algorithm))
            }
            for algorithm in SignatureAlgorithm.allCases where !algorithms.contains(algorithm) {
                #expect(!key.publicKey.fits(algorithm))
                #expect(throws: KeyError.self) { try key.signed(Self.message, algorithm) }
            }
        }
    }

    @Test("rejects a signature whose length is not the algorithm's")
    func lengths() throws {
        for (kind, algorithms) in Self.kinds() {
            let key = try PrivateKey.generate(kind)
            for algorithm in algorithms {
                let signature = try key.signed(Self.message, algorithm)
                for other in [[], [0] + signature, signature + [0], Array(signature.dropLast())] {
                    #expect(!key.publicKey.verifies(other, over: Self.message, algorithm))
                }
            }
        }
    }

    @Test("rejects an ECDSA signature in DER")
    func der() throws {
        let key = try PrivateKey.generate(.ec(.p256))
        let signature = try key.signed(Self.message, .es256)
        let der: [UInt8] = [0x30, 0x44, 0x02, 0x20] + signature.prefix(32) + [0x02, 0x20] + signature.suffix(32)
        #expect(!key.publicKey.verifies(der, over: Self.message, .es256))
    }

    @Test("redacts a private key in descriptions and dumps")
    func redacted() throws {
        let key = try PrivateKey.generate(.ec(.p256))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(text.contains("redacted"))
            #expect(!text.contains("KeyMaterial"))
        }
        #expect(String(decoding: try key.pem, as: UTF8.self).hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    }

    @Test("refuses to generate an RSA key under 2048 bits")
    func shortNewKey() {
        #expect(throws: KeyError.rsaTooShort(bits: 1024)) { try PrivateKey.generate(.rsa(bits: 1024)) }
    }
}
