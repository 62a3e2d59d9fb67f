// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing

struct DigestTests {
    @Test("SHA-256 matches the examples of FIPS 180-4")
    func sha256() {
        #expect(SHA256.digest("abc").hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SHA256.digest([]).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(SHA256.digest(million).hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("SHA-384 matches the examples of FIPS 180-4")
    func sha384() {
        #expect(
            Hex.encode(SHA384.digest(Array("abc".utf8)))
                == "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                + "8086072ba1e7cc2358baeca134c825a7")
        #expect(
            Hex.encode(SHA384.digest([]))
                == "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
                + "274edebfe76f65fbd51ad2f14898b95b")
    }

    @Test("HMAC-SHA-256 matches RFC 4231 §4.2, §4.3 and §4.7")
    func hmac() {
        func mac(_ message: String, _ key: [UInt8]) -> String {
            Hex.encode(HMACSHA256.authenticate(Array(message.utf8), key: key))
        }
        #expect(
            mac("Hi There", [UInt8](repeating: 0x0B, count: 20))
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(
            mac("what do ya want for nothing?", Array("Jefe".utf8))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            mac("Test Using Larger Than Block-Size Key - Hash Key First", [UInt8](repeating: 0xAA, count: 131))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test("HMACs of concurrent callers do not mix")
    func concurrent() async {
        func mac(_ number: Int) -> [UInt8] {
            HMACSHA256.authenticate(Array("message \(number)".utf8), key: Array("key \(number)".utf8))
        }
        let expected = (0..<64).map(mac)
        await withTaskGroup(of: Bool.self) { group in
            for number in expected.indices {
                group.addTask { (0..<200).allSatisfy { _ in mac(number) == expected[number] } }
            }
            for await isSame in group { #expect(isSame) }
        }
        #expect(Set(expected).count == 64)
    }

    @Test("HMAC with an empty key equals HMAC with a key of zeros")
    func emptyKey() {
        #expect(
            HMACSHA256.authenticate([1, 2, 3], key: [])
                == HMACSHA256.authenticate([1, 2, 3], key: [UInt8](repeating: 0, count: 64)))
    }
}
