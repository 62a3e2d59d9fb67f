// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import Vending

/// Computes the digest of a bearer token; the service itself does no cryptography.
package typealias BearerTokenHash = @Sendable (_ token: String) -> SHA256Digest

/// What the `Authorization` header fields of a request hold (RFC 6750 §2.1). Tokens anywhere else are ignored.
package enum Authorization: Sendable {
    case absent
    case bearer(BearerToken)
    /// A scheme other than Bearer.
    case otherScheme
    /// More than one field, which is ambiguous.
    case repeated

    /// - Parameter schemeIsOptional: whether a value without a space is the token itself, as SDKs send it to container
    ///   credential endpoints.
    package init(_ headers: HTTPFields, schemeIsOptional: Bool = false, _ hash: BearerTokenHash) {
        var values = headers[values: .authorization].makeIterator()
        guard let value = values.next() else {
            self = .absent
            return
        }
        guard values.next() == nil else {
            self = .repeated
            return
        }
        self.init(value, schemeIsOptional: schemeIsOptional, hash)
    }

    private init(_ value: String, schemeIsOptional: Bool, _ hash: BearerTokenHash) {
        var value = value
        self = value.withUTF8 { unsafe Self(UnsafeRawBufferPointer($0), schemeIsOptional: schemeIsOptional, hash) }
    }

    /// - Parameter value: of the only field, in UTF-8.
    init(_ value: UnsafeRawBufferPointer, schemeIsOptional: Bool, _ hash: BearerTokenHash) {
        func bearer(from start: Int) -> Self {
            let token = unsafe String(decoding: UnsafeRawBufferPointer(rebasing: value[start...]), as: UTF8.self)
            return .bearer(BearerToken(token, digest: hash(token)))
        }
        let space = UInt8(ascii: " ")
        let scheme = unsafe value.prefix { $0 != space }
        if unsafe schemeIsOptional && scheme.count == value.count && !value.isEmpty {
            self = bearer(from: 0)
            return
        }
        guard unsafe scheme.count == 6 && scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else {
            self = .otherScheme
            return
        }
        self = bearer(from: unsafe value[6...].firstIndex { $0 != space } ?? value.count)
    }

    /// The token; `nil` without an `Authorization` field.
    func token() throws(ServiceError) -> BearerToken? {
        switch self {
        case .absent: return nil
        case .bearer(let token): return token
        case .otherScheme: throw ServiceError(.missingToken, reason: "authorization_scheme")
        case .repeated: throw ServiceError(.malformedRequest, reason: "authorization_repeated")
        }
    }
}
