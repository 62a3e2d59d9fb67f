// SPDX-License-Identifier: Apache-2.0

package import Cryptography
import StrictJSON
private import Synchronization

/// A key of an issuer with the restrictions of its JWK.
///
/// Verdicts refer to the object that verified them, so `retire` invalidates all of them at once.
package final class VerificationKey: Sendable {
    /// JWK `kid`; a key from PEM has none.
    package let keyID: String?
    /// JWK `alg`: the only algorithm that the key may be used with; `nil` if the JWK does not restrict it.
    package let algorithm: SignatureAlgorithm?
    package let publicKey: PublicKey

    private let retired = Atomic<Bool>(false)

    package init(keyID: String?, algorithm: SignatureAlgorithm?, publicKey: PublicKey) {
        self.keyID = keyID
        self.algorithm = algorithm
        self.publicKey = publicKey
    }

    /// Whether a token signed with `algorithm` may be checked with this key (RFC 8725 §3.1).
    package func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        (self.algorithm ?? algorithm) == algorithm && publicKey.fits(algorithm)
    }

    /// Whether `kid`, `alg` and key material are equal.
    func isSame(as other: VerificationKey) -> Bool {
        let sameName =
            switch (keyID, other.keyID) {
            case (let one?, let other?): one.isExactly(other)
            case (nil, nil): true
            default: false
            }
        return sameName && algorithm == other.algorithm && publicKey.material == other.publicKey.material
    }

    /// Invalidates all verdicts of this key, for a key that its issuer has withdrawn. Irreversible.
    package func retire() {
        retired.store(true, ordering: .releasing)
    }

    package var isRetired: Bool {
        retired.load(ordering: .acquiring)
    }
}
