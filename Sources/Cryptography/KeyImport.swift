// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// Makes libcrypto's keys from numbers. `nil` means that libcrypto rejects them: the point is not on the curve, or a
/// coordinate is out of range.
enum KeyImport {
    static func rsa(modulus: [UInt8], exponent: [UInt8]) -> OpaquePointer? {
        guard let n = unsafe BN_bin2bn(modulus, Int32(modulus.count), nil) else { return nil }
        defer { unsafe BN_free(n) }
        guard let e = unsafe BN_bin2bn(exponent, Int32(exponent.count), nil) else { return nil }
        defer { unsafe BN_free(e) }
        return unsafe make("RSA") { builder in
            unsafe OSSL_PARAM_BLD_push_BN(builder, pointer("n"), n) == 1
                && OSSL_PARAM_BLD_push_BN(builder, pointer("e"), e) == 1
        }
    }

    static func ec(_ curve: EllipticCurve, x: [UInt8], y: [UInt8]) -> OpaquePointer? {
        let uncompressed: [UInt8] = [4] + x + y
        let name = curve.groupName
        return unsafe uncompressed.withUnsafeBytes { point in
            unsafe make("EC") { builder in
                unsafe OSSL_PARAM_BLD_push_utf8_string(
                    builder, pointer("group"), pointer(name), name.utf8CodeUnitCount) == 1
                    && OSSL_PARAM_BLD_push_octet_string(builder, pointer("pub"), point.baseAddress, point.count) == 1
            }
        }
    }

    static func ed25519(_ encoding: [UInt8]) -> OpaquePointer? {
        let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, encoding, encoding.count)
        if unsafe key == nil { ERR_clear_error() }
        return unsafe key
    }

    /// The builder keeps the pointers that `fill` passes to it; they must stay valid until `make` returns.
    private static func make(_ algorithm: String, fill: (OpaquePointer) -> Bool) -> OpaquePointer? {
        var key: OpaquePointer?
        defer { if unsafe key == nil { ERR_clear_error() } }
        guard let builder = unsafe OSSL_PARAM_BLD_new() else { return nil }
        defer { unsafe OSSL_PARAM_BLD_free(builder) }
        guard unsafe fill(builder), let parameters = unsafe OSSL_PARAM_BLD_to_param(builder) else { return nil }
        defer { unsafe OSSL_PARAM_free(parameters) }
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, algorithm, nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_fromdata_init(context) == 1,
            unsafe EVP_PKEY_fromdata(context, &key, publicSelection, parameters) == 1
        else { return nil }
        return unsafe key
    }

    /// EVP_PKEY_PUBLIC_KEY, a macro that Swift does not import.
    private static let publicSelection =
        OSSL_KEYMGMT_SELECT_PUBLIC_KEY | OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS | OSSL_KEYMGMT_SELECT_OTHER_PARAMETERS

    private static func pointer(_ text: StaticString) -> UnsafePointer<CChar> { unsafe text.cString }
}
