// SPDX-License-Identifier: Apache-2.0

package import Cryptography
import StrictJSON
package import Vending

extension KeySet {
    /// Selects the one key for a token: the key with the token's `kid`, which must fit its algorithm. If the token has
    /// no `kid`, or the keys have none (PEM), it is the only key of the set that fits the algorithm.
    package func select(keyID: String?, algorithm: SignatureAlgorithm) throws(TokenError) -> VerificationKey {
        if let keyID, hasKeyIDs {
            guard let key = keys.first(where: { $0.keyID?.isExactly(keyID) == true }) else {
                throw TokenError(
                    .keyUnknown,
                    "kid \(LogText.quote(keyID)) is unknown; the issuer has \(keys.count): \(LogText.list(keys.compactMap(\.keyID)))"
                )
            }
            guard key.fits(algorithm) else {
                throw TokenError(
                    .keyUnfit, "the key with kid \(LogText.quote(keyID)) is not for \(algorithm.rawValue)")
            }
            return key
        }
        let fitting = keys.filter { $0.fits(algorithm) }
        guard let key = fitting.first else {
            throw TokenError(.keyUnfit, "none of the issuer's \(keys.count) keys is for \(algorithm.rawValue)")
        }
        guard fitting.count == 1 else {
            throw TokenError(
                .keyAmbiguous,
                "\(fitting.count) of the issuer's keys are for \(algorithm.rawValue), and no kid selects one of them")
        }
        return key
    }
}
