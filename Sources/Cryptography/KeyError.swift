// SPDX-License-Identifier: Apache-2.0

/// Why a key is not accepted for verifying signatures. Contains no key material.
package enum KeyError: Error, Hashable, Sendable {
    /// The modulus's length in bits; the minimum is 2,048 (RFC 7518 §3.3).
    case rsaTooShort(bits: Int)
    /// The maximum is 8,192 bits: verification time grows with the square of the length.
    case rsaTooLong(bits: Int)
    case rsaModulusEven
    /// The exponent is even, 1 or over 32 bits.
    case rsaExponent
    /// The modulus has the structure of the ROCA generator (CVE-2017-15361) and can be factored.
    case roca
    case coordinateLength(expected: Int, found: Int)
    case pointNotOnCurve
    case ed25519Length(found: Int)
    /// The point's order is 8 or less: one signature verifies for many messages.
    case ed25519SmallOrder
    /// Not the point's unique encoding (RFC 8032 §5.1.3).
    case ed25519NotCanonical
    /// The unsupported algorithm, curve or encoding.
    case unsupported(String)
    case malformed
}

extension KeyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .rsaTooShort(let bits): "RSA modulus has \(bits) bits, at least 2048 are required"
        case .rsaTooLong(let bits): "RSA modulus has \(bits) bits, at most 8192 are allowed"
        case .rsaModulusEven: "RSA modulus is even"
        case .rsaExponent: "RSA exponent must be odd, greater than 1 and at most 32 bits long"
        case .roca: "RSA modulus is vulnerable to ROCA (CVE-2017-15361)"
        case .coordinateLength(let expected, let found): "coordinate has \(found) bytes, the curve requires \(expected)"
        case .pointNotOnCurve: "point is not on the curve"
        case .ed25519Length(let found): "Ed25519 key has \(found) bytes, expected 32"
        case .ed25519SmallOrder: "Ed25519 point has a small order"
        case .ed25519NotCanonical: "Ed25519 point is not canonically encoded"
        case .unsupported(let what): "\(what) is not supported"
        case .malformed: "malformed key"
        }
    }
}
