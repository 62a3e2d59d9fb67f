// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing

struct Base64URLTests {
    @Test("decodes what it encodes, at any length")
    func roundTrip() {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length &* 101) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
        // RFC 7515 appendix C
        #expect(Base64URL.encode([3, 236, 255, 224, 193]) == "A-z_4ME")
    }

    @Test(
        "rejects every form that is not canonical",
        arguments: [
            "A", "AAAAA", "AA==", "AAA=", "AA=", "A-z/", "A+z_", "AA A", "AAAA\n", "\nAAAA", "AAB", "AB", "A.AA",
            "AAéA",
            "AAA\u{0}", "====",
        ])
    func refused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("decodes exactly the canonical endings of two and three characters")
    func tailBits() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        #expect(alphabet.filter { Base64URL.decode("A\($0)") != nil } == "AQgw")
        #expect(alphabet.filter { Base64URL.decode("AA\($0)") != nil } == "AEIMQUYcgkosw048")
    }
}
