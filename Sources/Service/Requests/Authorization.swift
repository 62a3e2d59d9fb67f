package import HTTPTypes
package import Vending

/// What the `Authorization` header fields of a request hold (RFC 6750 §2.1). Tokens anywhere else are not looked at.
package enum Authorization: Sendable {
    case absent
    case bearer(BearerToken)
    /// A scheme other than Bearer: no token of ours.
    case otherScheme
    /// More than one field: which one counts is ambiguous.
    case repeated

    /// - Parameter schemeIsOptional: a value of one word is the token itself, as credential endpoints of containers are
    ///   sent it.
    package init(_ headers: HTTPFields, schemeIsOptional: Bool = false) {
        var values = headers[values: .authorization].makeIterator()
        guard let value = values.next() else {
            self = .absent
            return
        }
        guard values.next() == nil else {
            self = .repeated
            return
        }
        let scheme = value.utf8.prefix { $0 != UInt8(ascii: " ") }
        if schemeIsOptional, scheme.count == value.utf8.count, !value.isEmpty {
            self = .bearer(BearerToken(value))
            return
        }
        guard scheme.count == 6, scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else {
            self = .otherScheme
            return
        }
        let token = value.utf8.dropFirst(6).drop { $0 == UInt8(ascii: " ") }
        self = .bearer(BearerToken(String(Substring(token))))
    }
}
