// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// Reads the public numbers of libcrypto's keys.
enum KeyExport {
    /// The result is not yet checked against the rules of `PublicKey`.
    static func material(of key: OpaquePointer) throws(KeyError) -> KeyMaterial {
        switch unsafe EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA:
            guard let n = unsafe number("n", of: key), let e = unsafe number("e", of: key) else { throw .malformed }
            return .rsa(modulus: n, exponent: e)
        case EVP_PKEY_EC:
            let curve = try unsafe curve(of: key)
            guard let x = unsafe number("qx", of: key, length: curve.coordinateLength),
                let y = unsafe number("qy", of: key, length: curve.coordinateLength)
            else { throw .malformed }
            return .ec(curve, x: x, y: y)
        case EVP_PKEY_ED25519:
            var bytes = [UInt8](repeating: 0, count: 32)
            var length = bytes.count
            guard unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1, length == 32 else {
                throw .malformed
            }
            return .ed25519(bytes)
        default:
            let name = unsafe EVP_PKEY_get0_type_name(key).map { unsafe String(cString: $0) }
            throw .unsupported("key type \(name ?? "unknown")")
        }
    }

    private static func curve(of key: OpaquePointer) throws(KeyError) -> EllipticCurve {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        // libcrypto names explicit parameters if they match a known curve; otherwise this call fails.
        guard unsafe EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else {
            throw .unsupported("curve without a name")
        }
        let text = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        switch text {
        case "prime256v1", "P-256": return .p256
        case "secp384r1", "P-384": return .p384
        case "secp521r1", "P-521": return .p521
        default: throw .unsupported("curve \(text)")
        }
    }

    /// Big-endian, padded to `length` bytes; without leading zeros if `length` is `nil`.
    private static func number(_ name: String, of key: OpaquePointer, length: Int? = nil) -> [UInt8]? {
        var number: OpaquePointer?
        guard unsafe EVP_PKEY_get_bn_param(key, name, &number) == 1 else { return nil }
        defer { unsafe BN_free(number) }
        let count = unsafe length ?? (Int(BN_num_bits(number)) + 7) / 8
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe BN_bn2binpad(number, &bytes, Int32(count)) == Int32(count) else { return nil }
        return bytes
    }
}
