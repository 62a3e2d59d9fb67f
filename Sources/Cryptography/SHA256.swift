// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// SHA-256 (FIPS 180-4) by libcrypto.
package enum SHA256 {
    /// 32 bytes, hashable by value without an allocation.
    package struct Digest: Hashable, Sendable {
        package let words: (UInt64, UInt64, UInt64, UInt64)

        package init(words: (UInt64, UInt64, UInt64, UInt64)) {
            self.words = words
        }

        package static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(words.0)
            hasher.combine(words.1)
        }

        package var bytes: [UInt8] {
            unsafe withUnsafeBytes(of: words) { unsafe [UInt8]($0) }
        }

        /// 64 lower-case hexadecimal digits.
        package var hex: String { Hex.encode(bytes) }
    }

    /// Kept between digests, because making a context takes a third of a short digest's time. A caller that finds it in
    /// use makes its own.
    private static let context = Mutex(DigestContext(.sha256))

    package static func digest(_ bytes: UnsafeRawBufferPointer) -> Digest {
        unsafe context.withLockIfAvailable { unsafe digest(bytes, with: $0) }
            ?? digest(bytes, with: DigestContext(.sha256))
    }

    private static func digest(_ bytes: UnsafeRawBufferPointer, with context: borrowing DigestContext) -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let done = unsafe withUnsafeMutableBytes(of: &words) { unsafe context.digest(bytes, into: $0) }
        precondition(done, "libcrypto has no SHA-256")
        return Digest(words: words)
    }

    package static func digest(_ bytes: [UInt8]) -> Digest {
        unsafe bytes.withUnsafeBytes { unsafe digest($0) }
    }

    package static func digest(_ text: String) -> Digest {
        var text = text
        return text.withUTF8 { unsafe digest(UnsafeRawBufferPointer($0)) }
    }
}
