// SPDX-License-Identifier: Apache-2.0

/// A SHA-256 digest (FIPS 180-4), hashable by value without an allocation. Vending computes no digests: the
/// caller that constructs a grant or a token supplies it.
package struct SHA256Digest: Hashable, Sendable {
    /// The 32 bytes, in memory order.
    package let words: (UInt64, UInt64, UInt64, UInt64)

    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}
