package import Cryptography
import StrictJSON
private import Synchronization

/// A key of an issuer, with what its JWK restricts it to.
///
/// Verdicts hold the very object that verified them, so that `retire` takes them all back at once.
package final class VerificationKey: Sendable {
    /// JWK `kid`; a key from PEM has none.
    package let keyID: String?
    /// JWK `alg`: the only algorithm that the key may be used with, where it names one.
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

    /// Whether nothing tells the two apart: neither name, nor restriction, nor numbers.
    func isSame(as other: VerificationKey) -> Bool {
        let sameName =
            switch (keyID, other.keyID) {
            case (let one?, let other?): one.isExactly(other)
            case (nil, nil): true
            default: false
            }
        return sameName && algorithm == other.algorithm && publicKey.material == other.publicKey.material
    }

    /// From now on no verdict of this key is recalled. For a key that its issuer has withdrawn; not to be undone.
    package func retire() {
        retired.store(true, ordering: .releasing)
    }

    package var isRetired: Bool {
        retired.load(ordering: .acquiring)
    }
}
