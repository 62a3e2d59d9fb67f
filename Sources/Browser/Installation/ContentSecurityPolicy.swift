import Vending

/// What a page's policy must allow for the installation (Content Security Policy Level 3): these directives, beside
/// the page's own.
package struct ContentSecurityPolicy: Sendable {
    package enum Form: Sendable {
        /// The client and the module come with the application's own scripts.
        case module
        /// The inline script, by its hash, and the client that it loads.
        case script(sha256: String)
    }

    package let directives: [(name: String, sources: [String])]

    package init(_ installation: Installation, _ form: Form) {
        let broker = Self.origin(installation.broker)
        var scripts: [String] = []
        switch form {
        case .module:
            // Where the module is imported from the broker instead of copied.
            scripts = ["'self'", broker]
        case .script(let hash):
            scripts = ["'sha256-\(hash)'", Self.origin(installation.client)]
        }
        var connections = [broker]
        for monitor in installation.monitors {
            let place = Self.origin(monitor.endpoint)
            if !connections.contains(place) { connections.append(place) }
        }
        directives = [("script-src", scripts), ("connect-src", connections)]
    }

    /// The value of the header field `Content-Security-Policy`.
    package var value: String {
        directives.map { ([$0.name] + $0.sources).joined(separator: " ") }.joined(separator: "; ")
    }

    /// Scheme, host and port.
    private static func origin(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        return String(url[..<scheme.upperBound]) + url[scheme.upperBound...].prefix { $0 != "/" }
    }
}
