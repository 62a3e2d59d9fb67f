// SPDX-License-Identifier: Apache-2.0

package import Vending

/// The key of a token that the keys in use do not verify.
package enum SoughtKey: Hashable, Sendable {
    /// The `kid` of the token.
    case named(String)
    /// The digest of a token without `kid`: any new key could verify it.
    case unnamed(SHA256Digest)
}

/// What a source knows after it looked for a key that `current` does not have.
package enum KeySearchResult: Hashable, Sendable {
    /// The issuer does not publish the key.
    case absent
    /// Not known yet: the issuer may have published the key since the last fetch, or on a part of its servers only.
    /// Also if the key has just been found. `retryAfter`: when a retry makes sense, in seconds, at least 1.
    case pending(retryAfter: Int)
}
