// SPDX-License-Identifier: Apache-2.0

package import StrictJSON
package import Vending

/// A provider's metadata (OpenID Connect Discovery 1.0 §3, RFC 8414 §2). Only the address of its keys is used, and
/// whether it sends logout tokens is reported.
package struct DiscoveryDocument: Sendable {
    /// The maximum length of a document in bytes.
    package static let limit = 256 * 1024

    package let keySetURL: KeySetURL
    /// `backchannel_logout_supported` (OpenID Connect Back-Channel Logout 1.0 §2.1).
    package let announcesLogout: Bool

    /// Throws unless the document names exactly `issuer`, byte for byte (OpenID Connect Discovery 1.0 §4.3, RFC 8414
    /// §3.3).
    package init(_ document: [UInt8], of issuer: Issuer) throws(DiscoveryError) {
        guard document.count <= Self.limit else { throw .tooLarge(bytes: document.count) }
        let object: JSONObject
        do {
            object = try JSONObject.parse(document, keeping: ["issuer", "jwks_uri", "backchannel_logout_supported"])
        } catch {
            throw .notJSON(error)
        }
        guard let found = object["issuer"]?.string else { throw .issuerMissing }
        guard found.isExactly(issuer.rawValue) else { throw .issuerOther(found) }
        guard let address = object["jwks_uri"]?.string else { throw .keySetURLMissing }
        let url: KeySetURL
        do {
            url = try KeySetURL(address)
        } catch {
            throw .keySetURL(error)
        }
        // A remote provider must not make Purser connect to its own loopback interface.
        guard url.isEncrypted || issuer.rawValue.hasPrefix("http:") else { throw .keySetURL(.notHTTPS) }
        keySetURL = url
        announcesLogout = if case .bool(true)? = object["backchannel_logout_supported"] { true } else { false }
    }

    /// The addresses to try, in this order: OpenID Connect Discovery 1.0 §4, then RFC 8414 §3.1.
    package static func addresses(of issuer: Issuer) -> [String] {
        let base = issuer.rawValue.hasSuffix("/") ? String(issuer.rawValue.dropLast()) : issuer.rawValue
        guard let scheme = base.firstRange(of: "://") else { return [] }
        let path = base[scheme.upperBound...].firstIndex(of: "/") ?? base.endIndex
        return [
            base + "/.well-known/openid-configuration",
            base[..<path] + "/.well-known/oauth-authorization-server" + base[path...],
        ]
    }
}

/// Why a discovery document yields no address of an issuer's keys.
package enum DiscoveryError: Error, Sendable {
    case tooLarge(bytes: Int)
    case notJSON(JSONError)
    case issuerMissing
    case issuerOther(String)
    case keySetURLMissing
    case keySetURL(KeySetURLError)
}

extension DiscoveryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let bytes): "\(bytes) bytes, at most \(DiscoveryDocument.limit) are read"
        case .notJSON(let problem): "not a JSON object: \(problem)"
        case .issuerMissing: "issuer is missing"
        case .issuerOther(let issuer): "issuer is \(LogText.quote(issuer)), which is not the configured one"
        case .keySetURLMissing: "jwks_uri is missing"
        case .keySetURL(let problem): "jwks_uri: \(problem)"
        }
    }
}
