// SPDX-License-Identifier: Apache-2.0

import Compression
import TestSupport
import Testing

@Suite struct GzipTests {
    @Test("inflates a member that another implementation compressed")
    func inflates() throws {
        #expect(try Gzip.inflate(Self.hello, limit: 5) == Array("hello".utf8))
    }

    @Test("inflates an empty member to no bytes")
    func empty() throws {
        let member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(try Gzip.inflate(member, limit: 0) == [])
    }

    @Test("accepts output of exactly the limit and rejects longer output")
    func limit() throws {
        #expect(throws: GzipError.tooLarge) { try Gzip.inflate(Self.hello, limit: 4) }
        #expect(throws: GzipError.tooLarge) { try Gzip.inflate(Self.hello, limit: 0) }
    }

    @Test("stops inflating a decompression bomb at the limit")
    func bomb() throws {
        let bomb = Gzipped.make([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 128 << 10)
        #expect(throws: GzipError.tooLarge) { try Gzip.inflate(bomb, limit: 8 << 20) }
    }

    @Test("rejects a member truncated at any byte")
    func cuts() {
        for count in 0..<Self.hello.count {
            #expect(throws: GzipError.malformed) { try Gzip.inflate(Self.hello.prefix(count), limit: 100) }
        }
    }

    @Test("rejects a member with any significant byte corrupted")
    func damage() throws {
        // The flags' text hint, the time stamp, the extra flags and the system do not affect the content.
        for index in Self.hello.indices where ![3, 4, 5, 6, 7, 8, 9].contains(index) {
            var damaged = Self.hello
            damaged[index] ^= 0x55
            #expect(throws: GzipError.malformed, "byte \(index)") { try Gzip.inflate(damaged, limit: 100) }
        }
    }

    @Test("rejects bytes after the member, including a second member")
    func trailingBytes() {
        #expect(throws: GzipError.malformed) { try Gzip.inflate(Self.hello + [0], limit: 100) }
        #expect(throws: GzipError.malformed) { try Gzip.inflate(Self.hello + Self.hello, limit: 100) }
    }

    @Test("rejects zlib's format, raw deflate and plain text")
    func otherFormats() {
        let zlib: [UInt8] = [
            0x78, 0x9C, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x06, 0x2C, 0x02, 0x15,
        ]
        #expect(throws: GzipError.malformed) { try Gzip.inflate(zlib, limit: 100) }
        #expect(throws: GzipError.malformed) { try Gzip.inflate(zlib[2..<9], limit: 100) }
        #expect(throws: GzipError.malformed) { try Gzip.inflate(Array("hello".utf8), limit: 100) }
    }

    @Test("inflates compressed content to the original", arguments: [0, 1, 1_023, 65_536, 65_537, 300_000])
    func roundTrip(count: Int) throws {
        var state: UInt64 = 42
        let content = (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 60)
        }
        #expect(try Gzip.inflate(Gzipped.make(content), limit: count) == content)
    }

    /// `gzip -n` of `hello`.
    private static let hello: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x86,
        0xA6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00,
    ]
}
