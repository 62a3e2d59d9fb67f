// SPDX-License-Identifier: Apache-2.0

private import CLibJWT
import StrictJSON

#if canImport(Glibc)
    private import Glibc
#else
    private import Darwin
#endif

/// Owns a `jwt_t` of libjwt: the claims and, for signing, the header and the key.
@safe struct LibJWTToken: ~Copyable {
    private let handle: OpaquePointer

    init() throws(LibJWTError) {
        var created: OpaquePointer?
        guard unsafe jwt_new(&created) == 0, let handle = unsafe created else { throw .noMemory }
        unsafe self.handle = handle
    }

    deinit {
        unsafe jwt_free(handle)
    }

    /// - Parameter json: an object without a raw NUL, which would truncate it.
    func addClaims(json: [UInt8]) throws(LibJWTError) {
        try addClaims(zeroTerminated: json + [0])
    }

    /// Adds the members that `isWanted` accepts. The bytes must not contain a raw NUL.
    func addClaims(of members: JSONMembers, where isWanted: (JSONMembers.Member) -> Bool) throws(LibJWTError) {
        var json: [UInt8] = []
        json.reserveCapacity(members.bytes.count + 3)
        json.append(UInt8(ascii: "{"))
        for member in members.members where isWanted(member) {
            if json.count > 1 { json.append(UInt8(ascii: ",")) }
            json.append(contentsOf: members.bytes[member.whole])
        }
        json.append(UInt8(ascii: "}"))
        json.append(0)
        try addClaims(zeroTerminated: json)
    }

    private func addClaims(zeroTerminated json: [UInt8]) throws(LibJWTError) {
        let added = unsafe json.withUnsafeBytes { text in
            unsafe text.assumingMemoryBound(to: CChar.self).baseAddress.map { unsafe jwt_add_grants_json(handle, $0) }
        }
        guard added == 0 else { throw .claimsRefused }
    }

    /// A string claim; `nil` if the claim has another type.
    func string(_ name: String) -> String? {
        guard let text = unsafe name.withCString({ unsafe jwt_get_grant(handle, $0) }) else { return nil }
        return unsafe String(validatingCString: text)
    }

    /// - Precondition: the claim is an integer. libjwt returns 0 for any other type.
    func integer(_ name: String) -> Int {
        unsafe name.withCString { unsafe jwt_get_grant_int(handle, $0) }
    }

    /// The claim's JSON text, which shows its type; `nil` if the claim is absent.
    func claimJSON(_ name: String) -> [UInt8]? {
        guard let text = unsafe jwt_get_grants_json(handle, name) else { return nil }
        defer { unsafe free(text) }
        return unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    func addHeader(_ name: String, _ value: String) throws(LibJWTError) {
        guard unsafe jwt_add_header(handle, name, value) == 0 else { throw .headerRefused }
    }

    /// Returns the signed token in compact form. `pem` is the private key; libjwt wipes its copy when it frees the
    /// token.
    func sign(_ algorithm: String, pem: [UInt8]) throws(LibJWTError) -> String {
        guard unsafe jwt_set_alg(handle, jwt_str_alg(algorithm), pem, Int32(pem.count)) == 0 else {
            throw .keyRefused
        }
        guard let text = unsafe jwt_encode_str(handle) else { throw .notSigned(errno) }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}

enum LibJWTError: Error, Hashable {
    case noMemory
    /// libjwt's JSON parser failed: duplicate members, a number out of range or too many levels.
    case claimsRefused
    case headerRefused
    case keyRefused
    /// `errno` of the signing function.
    case notSigned(Int32)
}
