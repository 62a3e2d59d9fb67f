// SPDX-License-Identifier: Apache-2.0

import Vending

/// The directives that a page's policy needs for the installation, in addition to the page's other directives (Content
/// Security Policy Level 3).
package struct ContentSecurityPolicy: Sendable {
    package enum Form: Sendable {
        /// The application bundles the web client and the module with its scripts.
        case module
        /// The page has the inline script, allowed by its hash, which loads the web client.
        case script(sha256: String)
    }

    package let directives: [(name: String, sources: [String])]

    package init(_ installation: Installation, _ form: Form) {
        let broker = Self.origin(installation.broker)
        var scripts: [String] = []
        switch form {
        case .module:
            // The broker's origin is needed if the page imports the module from the broker.
            scripts = ["'self'", broker]
        case .script(let hash):
            scripts = ["'sha256-\(hash)'", Self.origin(installation.client)]
        }
        var connections = [broker]
        for monitor in installation.monitors {
            let dataPlane = Self.origin(monitor.endpoint)
            if !connections.contains(dataPlane) { connections.append(dataPlane) }
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
