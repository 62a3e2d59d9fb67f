// SPDX-License-Identifier: Apache-2.0

private import Cryptography
package import Vending

extension BearerToken {
    /// A token with the SHA-256 of its bytes.
    package init(hashing rawValue: String) {
        self.init(rawValue, digest: SHA256Digest(hashing: rawValue))
    }
}

extension SHA256Digest {
    /// The digest of a text's UTF-8 bytes.
    package init(hashing text: String) {
        self.init(words: SHA256.digest(text).words)
    }
}
