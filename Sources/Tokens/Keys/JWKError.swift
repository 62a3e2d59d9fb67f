// SPDX-License-Identifier: Apache-2.0

package import Cryptography

/// Why one key of a set is skipped (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
package enum JWKError: Error, Hashable, Sendable {
    case notObject
    /// A member is missing, of the wrong type or not base64url.
    case member(String)
    /// The key exposes a private member or is symmetric.
    case privateMember(String)
    case keyType(String)
    case curve(String)
    /// `use` is not `sig`.
    case use(String)
    /// `key_ops` without `verify`.
    case keyOperations
    /// `alg` is not an asymmetric signature algorithm.
    case algorithm(String)
    /// `alg` is for another kind of key or another curve.
    case algorithmUnfit(SignatureAlgorithm)
    case key(KeyError)
    /// A PEM block whose label is not `PUBLIC KEY`.
    case block(String)
}

extension JWKError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notObject: "not an object"
        case .member(let name): "\"\(name)\" is missing or malformed"
        case .privateMember(let name): "contains the private or symmetric member \"\(name)\""
        case .keyType(let type): "kty \(LogText.quote(type)) is not supported"
        case .curve(let curve): "crv \(LogText.quote(curve)) is not supported with this kty"
        case .use(let use): "use is \(LogText.quote(use)), not \"sig\""
        case .keyOperations: "key_ops does not contain \"verify\""
        case .algorithm(let name): "alg \(LogText.quote(name)) is not an accepted signature algorithm"
        case .algorithmUnfit(let algorithm): "alg \(algorithm.rawValue) does not fit the key"
        case .key(let problem): problem.description
        case .block(let label): "a PEM block \(LogText.quote(label)) is not a PUBLIC KEY"
        }
    }
}
