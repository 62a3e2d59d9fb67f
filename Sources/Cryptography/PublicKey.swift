// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// A public key that verifies signatures, parsed and checked once. Safe to use from many threads.
@safe package final class PublicKey: @unchecked Sendable {
    package enum Kind: Hashable, Sendable {
        case rsa(bits: Int)
        case ec(EllipticCurve)
        case ed25519
    }

    package let material: KeyMaterial
    /// EVP_PKEY; never changed after `init`, so sharing it between threads is safe.
    let handle: OpaquePointer
    package let kind: Kind
    let contexts = VerificationContextPool()

    private init(_ material: KeyMaterial, handle: OpaquePointer) {
        self.material = material
        kind = Self.kind(of: material)
        unsafe self.handle = handle
    }

    deinit {
        unsafe EVP_PKEY_free(handle)
    }

    /// - Parameters: both big-endian (RFC 7518 §6.3.1).
    package convenience init(rsaModulus: [UInt8], exponent: [UInt8]) throws(KeyError) {
        let modulus = Array(rsaModulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        try RSAModulus.check(modulus: modulus, exponent: exponent)
        guard let handle = unsafe KeyImport.rsa(modulus: modulus, exponent: exponent) else { throw .malformed }
        unsafe self.init(.rsa(modulus: modulus, exponent: exponent), handle: handle)
    }

    /// - Parameters x, y: big-endian, each exactly of the curve's coordinate length (RFC 7518 §6.2.1).
    package convenience init(_ curve: EllipticCurve, x: [UInt8], y: [UInt8]) throws(KeyError) {
        for coordinate in [x, y] where coordinate.count != curve.coordinateLength {
            throw .coordinateLength(expected: curve.coordinateLength, found: coordinate.count)
        }
        guard let handle = unsafe KeyImport.ec(curve, x: x, y: y) else { throw .pointNotOnCurve }
        unsafe self.init(.ec(curve, x: x, y: y), handle: handle)
    }

    /// - Parameter ed25519: the point's encoding, 32 bytes (RFC 8037 §2).
    package convenience init(ed25519: [UInt8]) throws(KeyError) {
        try Ed25519Point.check(ed25519)
        guard let handle = unsafe KeyImport.ed25519(ed25519) else { throw .malformed }
        unsafe self.init(.ed25519(ed25519), handle: handle)
    }

    /// Applies the checks above to `material` of any kind.
    package convenience init(_ material: KeyMaterial) throws(KeyError) {
        switch material {
        case .rsa(let modulus, let exponent): try self.init(rsaModulus: modulus, exponent: exponent)
        case .ec(let curve, let x, let y): try self.init(curve, x: x, y: y)
        case .ed25519(let x): try self.init(ed25519: x)
        }
    }

    private static func kind(of material: KeyMaterial) -> Kind {
        switch material {
        case .rsa(let modulus, _): .rsa(bits: modulus.count * 8 - modulus[0].leadingZeroBitCount)
        case .ec(let curve, _, _): .ec(curve)
        case .ed25519: .ed25519
        }
    }
}
