// SPDX-License-Identifier: Apache-2.0

package import Cryptography
import StrictJSON
private import Vending

/// Signs tokens with libjwt, as an issuer (RFC 7519 §7.1). Supports RS* and ES* only.
package struct TokenSigner: Sendable {
    package let keyID: String
    package let algorithm: SignatureAlgorithm
    private let key: PrivateKey

    package init(key: PrivateKey, keyID: String, algorithm: SignatureAlgorithm) throws(TokenSignerError) {
        switch algorithm {
        case .rs256, .rs384, .rs512, .es256, .es384, .es512: break
        case .ps256, .ps384, .ps512, .edDSA: throw .algorithm(algorithm)
        }
        guard key.publicKey.fits(algorithm) else { throw .algorithm(algorithm) }
        guard !keyID.isEmpty, keyID.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .keyID
        }
        self.key = key
        self.keyID = keyID
        self.algorithm = algorithm
    }

    /// Returns the signed token in compact form. Its header is `alg`, `kid` and `typ: JWT`; libjwt writes no other
    /// `typ`.
    ///
    /// - Parameter claims: a JSON object, which becomes the payload.
    package func sign(claims: [UInt8]) throws(TokenSignerError) -> String {
        do {
            _ = try JSONObject.parse(claims, keeping: [])
        } catch {
            throw .claims(error.description)
        }
        let pem: [UInt8]
        do {
            pem = try key.pem
        } catch {
            throw .library("the private key can't be encoded: \(error)")
        }
        do {
            let token = try LibJWTToken()
            try token.addClaims(json: claims)
            try token.addHeader("kid", keyID)
            return try token.sign(algorithm.rawValue, pem: pem)
        } catch {
            throw .library("libjwt: \(error)")
        }
    }

    /// The JWK Set of the public key (RFC 7517 §5), for verifiers.
    package func jwks() -> [UInt8] { Self.jwks([self]) }

    package static func jwks(_ signers: [TokenSigner]) -> [UInt8] {
        let keys = signers.map { signer in
            JSONText.object(
                signer.key.publicKey.material.jwkMembers
                    + [("use", "sig"), ("alg", signer.algorithm.rawValue), ("kid", signer.keyID)])
        }
        return Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8)
    }

    /// A key id derived from the key alone (RFC 7638).
    package static func thumbprint(_ key: PublicKey) -> String {
        Base64URL.encode(SHA256.digest(JSONText.object(key.material.jwkMembers)).bytes)
    }
}

package enum TokenSignerError: Error, Hashable, Sendable {
    /// libjwt does not support the algorithm for signing, or it does not fit the key.
    case algorithm(SignatureAlgorithm)
    /// The key id is empty or contains a control character.
    case keyID
    /// Not an object, or not strict JSON.
    case claims(String)
    /// libcrypto or libjwt failed.
    case library(String)
}
