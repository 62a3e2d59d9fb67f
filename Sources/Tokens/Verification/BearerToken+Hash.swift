// SPDX-License-Identifier: Apache-2.0

private import Cryptography
package import Vending

extension BearerToken {
    /// A token with the SHA-256 of its bytes.
    package init(hashing rawValue: String) {
        self.init(rawValue, digest: SHA256Digest(words: SHA256.digest(rawValue).words))
    }
}
