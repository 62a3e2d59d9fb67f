// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Cryptography

@Suite struct AES256GCMTests {
    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).map { offset in
            let start = hex.index(hex.startIndex, offsetBy: offset)
            return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)!
        }
    }

    // Test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation" (McGrew and Viega), appendix B.
    static let cases: [(key: String, nonce: String, context: String, message: String, sealed: String)] = [
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), "", "",
            "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), "",
            String(repeating: "00", count: 16),
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test("seals and opens the published test cases byte for byte", arguments: cases.indices)
    func published(index: Int) {
        let (key, nonce, context, message, sealed) = Self.cases[index]
        let (k, n, c) = (Self.bytes(key), Self.bytes(nonce), Self.bytes(context))
        #expect(AES256GCM.seal(Self.bytes(message), key: k, nonce: n, context: c) == Self.bytes(sealed))
        #expect(AES256GCM.open(Self.bytes(sealed), key: k, nonce: n, context: c) == Self.bytes(message))
    }

    @Test("does not open a message with a changed bit, context or key")
    func tampered() {
        let (key, nonce, context) = ([UInt8](0..<32), [UInt8](0..<12), Array("context".utf8))
        let sealed = AES256GCM.seal(Array("message".utf8), key: key, nonce: nonce, context: context)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(AES256GCM.open(changed, key: key, nonce: nonce, context: context) == nil)
        }
        #expect(AES256GCM.open(sealed, key: key, nonce: nonce, context: Array("contexT".utf8)) == nil)
        #expect(AES256GCM.open(Array(sealed.dropLast()), key: key, nonce: nonce, context: context) == nil)
        #expect(AES256GCM.open([], key: key, nonce: nonce, context: context) == nil)
        #expect(AES256GCM.open(sealed, key: [1], nonce: nonce, context: context) == nil)
    }
}
