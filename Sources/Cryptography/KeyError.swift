/// Why a key is not fit to verify signatures with. Holds no key material.
package enum KeyError: Error, Hashable, Sendable {
    /// The modulus's length in bits; 2,048 are the least (RFC 7518 §3.3).
    case rsaTooShort(bits: Int)
    /// 8,192 bits are the most: verification time grows with the square.
    case rsaTooLong(bits: Int)
    case rsaModulusEven
    /// Even, 1 or over 32 bits.
    case rsaExponent
    /// The modulus has the structure of the ROCA generator (CVE-2017-15361) and can be factored.
    case roca
    case coordinateLength(expected: Int, found: Int)
    case pointNotOnCurve
    case ed25519Length(found: Int)
    /// A point of order 8 or less: its signatures verify for many messages.
    case ed25519SmallOrder
    /// Not the one encoding of its point (RFC 8032 §5.1.3).
    case ed25519NotCanonical
    /// An algorithm, a curve or an encoding that is not among those supported.
    case unsupported(String)
    case malformed
}

extension KeyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .rsaTooShort(let bits): "RSA modulus of \(bits) bits, 2048 at least are required"
        case .rsaTooLong(let bits): "RSA modulus of \(bits) bits, 8192 at most are allowed"
        case .rsaModulusEven: "RSA modulus is even"
        case .rsaExponent: "RSA exponent must be odd, over 1 and of 32 bits at most"
        case .roca: "RSA modulus is vulnerable to ROCA (CVE-2017-15361)"
        case .coordinateLength(let expected, let found): "coordinate of \(found) bytes, the curve has \(expected)"
        case .pointNotOnCurve: "point is not on the curve"
        case .ed25519Length(let found): "Ed25519 key of \(found) bytes, expected 32"
        case .ed25519SmallOrder: "Ed25519 point of small order"
        case .ed25519NotCanonical: "Ed25519 point is not canonically encoded"
        case .unsupported(let what): "\(what) is not supported"
        case .malformed: "malformed key"
        }
    }
}
