// SPDX-License-Identifier: Apache-2.0

/// The public numbers of a key. The material of a `PublicKey` is checked; other values may be invalid.
package enum KeyMaterial: Hashable, Sendable {
    /// Big-endian, without leading zeros.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// Big-endian, each of the curve's coordinate length.
    case ec(EllipticCurve, x: [UInt8], y: [UInt8])
    /// The point's encoding, 32 bytes.
    case ed25519([UInt8])

    /// The required members of the key's JWK, in the order of a thumbprint (RFC 7638 §3.2, RFC 8037 §2). No value needs
    /// escaping in JSON.
    package var jwkMembers: [(name: String, value: String)] {
        switch self {
        case .rsa(let modulus, let exponent):
            [("e", Base64URL.encode(exponent)), ("kty", "RSA"), ("n", Base64URL.encode(modulus))]
        case .ec(let curve, let x, let y):
            [("crv", curve.rawValue), ("kty", "EC"), ("x", Base64URL.encode(x)), ("y", Base64URL.encode(y))]
        case .ed25519(let x):
            [("crv", "Ed25519"), ("kty", "OKP"), ("x", Base64URL.encode(x))]
        }
    }
}
