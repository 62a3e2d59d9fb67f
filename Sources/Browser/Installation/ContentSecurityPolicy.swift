// SPDX-License-Identifier: Apache-2.0

import Vending

/// The directives that a page's policy needs for the installation, in addition to the page's other directives (Content
/// Security Policy Level 3).
package struct ContentSecurityPolicy: Sendable {
    package enum Form: Sendable {
        /// The application bundles the web client and the module with its scripts.
        case module
        /// The page has the inline script, allowed by its hash or the installation's nonce, which loads the web client.
        case script(sha256: String)
    }

    /// What to do with the policy, in one line.
    package static let instructions = """
        Merge this into the page's own policy: add these sources to its script-src and connect-src (to default-src where \
        it has none of the two). 'self' stands for the page's own scripts and calls.
        """

    package let directives: [(name: String, sources: [String])]

    /// - Parameter requiresTrustedTypes: whether script addresses of the page must be Trusted Types.
    package init(_ installation: Installation, _ form: Form, requiresTrustedTypes: Bool = false) {
        let broker = Self.origin(installation.broker)
        var scripts = ["'self'"]
        let nonce = installation.nonce.map { "'nonce-\($0)'" }
        switch form {
        case .module:
            // The broker's origin is needed if the page imports the module from the broker.
            scripts += (nonce.map { [$0] } ?? []) + [broker]
        case .script(let hash):
            scripts += [nonce ?? "'sha256-\(hash)'", Self.origin(installation.client)]
        }
        var connections = ["'self'", broker]
        for monitor in installation.monitors {
            let dataPlane = Self.origin(monitor.endpoint)
            if !connections.contains(dataPlane) { connections.append(dataPlane) }
        }
        let trustedTypes = [
            ("require-trusted-types-for", ["'script'"]), ("trusted-types", [Installation.trustedTypesPolicy]),
        ]
        directives =
            [("script-src", scripts), ("connect-src", connections)] + (requiresTrustedTypes ? trustedTypes : [])
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
