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

    /// - Parameter value: of the only field.
    init(_ value: String, schemeIsOptional: Bool, _ hash: BearerTokenHash) {
        let scheme = value.utf8.prefix { $0 != UInt8(ascii: " ") }
        if schemeIsOptional, scheme.count == value.utf8.count, !value.isEmpty {
            self = .bearer(BearerToken(value, digest: hash(value)))
            return
        }
        guard scheme.count == 6, scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else {
            self = .otherScheme
            return
        }
        let token = String(Substring(value.utf8.dropFirst(6).drop { $0 == UInt8(ascii: " ") }))
        self = .bearer(BearerToken(token, digest: hash(token)))
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
