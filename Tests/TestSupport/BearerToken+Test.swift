// SPDX-License-Identifier: Apache-2.0

package import Vending

extension BearerToken {
    /// A token whose digest is not a SHA-256, for tests of targets that compute none.
    package init(_ rawValue: String) {
        var words = (UInt64(14_695_981_039_346_656_037), UInt64(7), UInt64(0), UInt64(rawValue.utf8.count))
        for byte in rawValue.utf8 {
            words.0 = (words.0 ^ UInt64(byte)) &* 1_099_511_628_211
            words.1 = words.1 &* 31 &+ UInt64(byte)
        }
        self.init(rawValue, digest: SHA256Digest(words: words))
    }
}
