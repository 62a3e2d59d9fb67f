// SPDX-License-Identifier: Apache-2.0

import Cryptography
package import StrictJSON
package import Vending

#if canImport(Glibc)
    private import Glibc
#else
    private import Darwin
#endif

/// A parsed token in compact form (RFC 7515 §7.1). Its header is accepted, but nothing of it is authentic yet.
package struct CompactToken {
    /// The maximum length of a token in bytes, checked before anything is decoded.
    static let limit = 16 * 1024
    /// The maximum length of the decoded header in bytes.
    static let headerLimit = 2 * 1024

    package let header: JOSEHeader
    package let payload: [UInt8]
    private let signature: [UInt8]
    private let bytes: [UInt8]
    /// The length of the signed prefix of `bytes`: the first two parts and the dot between them.
    private let signedCount: Int

    package init(_ bytes: [UInt8], kind: TokenKind = .credential) throws(TokenError) {
        guard bytes.count <= Self.limit else {
            throw TokenError(.tooLong, "\(bytes.count) bytes, at most \(Self.limit) are accepted")
        }
        guard let first = Self.dot(in: bytes.span, from: 0), let second = Self.dot(in: bytes.span, from: first + 1),
            Self.dot(in: bytes.span, from: second + 1) == nil
        else {
            let dots = bytes.count { $0 == UInt8(ascii: ".") }
            throw TokenError(.notCompactForm, "\(dots + 1) parts, but a signed token has 3 (RFC 7515 §7.1)")
        }
        guard first <= (Self.headerLimit * 4 + 2) / 3 else {
            throw TokenError(.headerMalformed, "the header exceeds \(Self.headerLimit) bytes")
        }
        let headerBytes = try Self.decode(bytes.span.extracting(..<first), "header")
        payload = try Self.decode(bytes.span.extracting((first + 1)..<second), "payload")
        signature = try Self.decode(bytes.span.extracting((second + 1)...), "signature")
        header = try JOSEHeader(json: headerBytes, kind: kind)
        self.bytes = bytes
        signedCount = second
    }

    private static func dot(in bytes: Span<UInt8>, from start: Int) -> Int? {
        unsafe bytes.extracting(start...).withUnsafeBufferPointer { rest in
            guard let base = rest.baseAddress, let found = unsafe memchr(base, 0x2E, rest.count) else { return nil }
            return unsafe start + (UnsafeRawPointer(found) - UnsafeRawPointer(base))
        }
    }

    /// The payload as a claims set (RFC 7519 §7.2): a checked JSON object whose values are not parsed yet.
    package func claimsSet() throws(TokenError) -> JSONMembers {
        do throws(JSONError) {
            return try JSONMembers(payload)
        } catch {
            throw TokenError(.payloadMalformed, "the payload is not a strict JSON object: \(error)")
        }
    }

    private static func decode(_ part: Span<UInt8>, _ name: String) throws(TokenError) -> [UInt8] {
        guard let decoded = Base64URL.decode(part) else {
            throw TokenError(.notBase64URL, "the \(name) is not canonical base64url (RFC 7515 §2)")
        }
        return decoded
    }

    /// Throws unless `key` made the signature over the token's bytes.
    package func verify(with key: VerificationKey) throws(TokenError) {
        guard
            key.fits(header.algorithm),
            key.publicKey.verify(
                signature: signature.span, over: bytes.span.extracting(..<signedCount), algorithm: header.algorithm)
        else {
            let keyID = key.keyID.map { " with kid \(LogText.quote($0))" } ?? ""
            throw TokenError(
                .signatureInvalid, "the \(header.algorithm.rawValue) signature is not that of the key\(keyID)")
        }
    }
}

/// Verifies a JWS without its claims (RFC 7515 §5.2): the payload may be anything.
package enum CompactSignature {
    /// Returns the payload of `token`. Throws unless its header selects one key of `keys` and that key made the
    /// signature.
    package static func verify(_ token: [UInt8], with keys: KeySet) throws(TokenError) -> [UInt8] {
        let token = try CompactToken(token)
        let key = try keys.select(keyID: token.header.keyID, algorithm: token.header.algorithm)
        try token.verify(with: key)
        return token.payload
    }
}
