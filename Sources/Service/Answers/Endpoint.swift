/// What log lines and counters call the address of a request.
package enum Endpoint: Hashable, CaseIterable, Sendable {
    case app(Target.Resource)
    case issuer(IssuerDocument)

    package static let allCases =
        Target.Resource.allCases.map(Endpoint.app) + IssuerDocument.allCases.map(Endpoint.issuer)

    package var name: String {
        switch self {
        case .app(let resource): resource.rawValue
        case .issuer(let document): document.rawValue
        }
    }
}

/// What Purser publishes as an issuer of its own (OpenID Connect Discovery 1.0 §4, RFC 7517 §5).
package enum IssuerDocument: String, CaseIterable, Sendable {
    case discovery = "openid-configuration"
    case keys = "jwks"

    package var path: String {
        switch self {
        case .discovery: "/.well-known/openid-configuration"
        case .keys: "/.well-known/jwks.json"
        }
    }

    /// The query is ignored.
    init?(path: String?) {
        guard let path else { return nil }
        let asked = path.prefix { $0 != "?" }
        guard let document = Self.allCases.first(where: { $0.path == asked }) else { return nil }
        self = document
    }
}
