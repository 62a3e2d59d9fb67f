package import StrictJSON
package import Vending

/// What a provider says of itself (OpenID Connect Discovery 1.0 §3, RFC 8414 §2). Only where its keys are counts.
package struct DiscoveryDocument: Sendable {
    /// Bytes of a document at most.
    package static let limit = 256 * 1024

    package let keySetURL: KeySetURL

    /// Throws unless the document is `issuer`'s own, byte for byte (OpenID Connect Discovery 1.0 §4.3, RFC 8414 §3.3).
    package init(_ document: [UInt8], of issuer: Issuer) throws(DiscoveryError) {
        guard document.count <= Self.limit else { throw .tooLarge(bytes: document.count) }
        let object: JSONObject
        do {
            object = try JSONObject.parse(document, keeping: ["issuer", "jwks_uri"])
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
        // A provider on the network has no business on our loopback.
        guard url.isEncrypted || issuer.rawValue.hasPrefix("http:") else { throw .keySetURL(.notHTTPS) }
        keySetURL = url
    }

    /// The addresses at which it may be, in the order of trying: OpenID Connect Discovery 1.0 §4, RFC 8414 §3.1.
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

/// Why a document does not tell where an issuer's keys are.
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
        case .tooLarge(let bytes): "\(bytes) bytes, \(DiscoveryDocument.limit) at most are read"
        case .notJSON(let problem): "not a JSON object: \(problem)"
        case .issuerMissing: "no issuer"
        case .issuerOther(let issuer): "issuer is \(LogText.quote(issuer)), which is not the configured one"
        case .keySetURLMissing: "no jwks_uri"
        case .keySetURL(let problem): "jwks_uri: \(problem)"
        }
    }
}
