// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The demo store: a page that sends events to one app monitor for guests and to another for signed-in users.
package struct DemoStore: Sendable {
    package struct File: Sendable {
        package let path: String
        package let contentType: String
        package let content: [UInt8]
    }

    /// Origin that AWS publishes the RUM web client at.
    package static let clientHost = "https://client.rum.us-east-1.amazonaws.com"

    private let sandbox: String
    private let app: String
    private let configuration: SandboxConfiguration

    /// - Parameters:
    ///   - sandbox: the sandbox's base URL.
    ///   - app: the store's app name in the broker's configuration.
    package init(sandbox: String, app: String, _ configuration: SandboxConfiguration) {
        self.sandbox = sandbox
        self.app = app
        self.configuration = configuration
    }

    /// The policy for every file. It allows the store's script files and the RUM web client, and no inline script.
    package var contentSecurityPolicy: String {
        [
            "default-src 'none'", "script-src 'self' \(Self.clientHost)",
            "connect-src 'self' \(sandbox) \(Self.clientHost)", "style-src 'self'", "img-src 'self'",
            "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }

    package func files() throws -> [File] {
        let html = "text/html; charset=utf-8"
        let script = "text/javascript; charset=utf-8"
        let pages: [(name: String, type: String, content: [UInt8])] = [
            ("", html, PackageResources.index_html),
            ("store.css", "text/css; charset=utf-8", PackageResources.store_css),
            ("panel.css", "text/css; charset=utf-8", PackageResources.panel_css),
            ("favicon.svg", "image/svg+xml", PackageResources.favicon_svg),
            ("store.js", script, PackageResources.store_js),
            ("pages.js", script, PackageResources.pages_js),
            ("catalogue.js", script, PackageResources.catalogue_js),
            ("elements.js", script, PackageResources.elements_js),
            ("account.js", script, PackageResources.account_js),
            ("monitoring.js", script, PackageResources.monitoring_js),
            ("stand-in.js", script, PackageResources.stand_in_js),
            ("stand-in-profiles.js", script, PackageResources.stand_in_profiles_js),
            ("stand-in-telemetry.js", script, PackageResources.stand_in_telemetry_js),
            ("sha256.js", script, PackageResources.sha256_js),
            ("signing.js", script, PackageResources.signing_js),
            ("panel.js", script, PackageResources.panel_js),
            ("trials.js", script, PackageResources.trials_js),
            ("config.json", "application/json", try settings()),
        ]
        // The page has two paths, with and without the slash. Its URLs are absolute, so both work.
        return [File(path: "/demo", contentType: html, content: PackageResources.index_html)]
            + pages.map { File(path: "/demo/\($0.name)", contentType: $0.type, content: $0.content) }
    }

    /// `config.json`: the addresses, monitors and users that the page needs.
    private func settings() throws -> [UInt8] {
        struct Settings: Encodable {
            struct Monitor: Encodable {
                let name: String
                let id: String
            }

            struct User: Encodable {
                let name: String
                let password: String
            }

            let app: String
            let sandbox: String
            let region: String
            let clientID: String
            let client: String
            let signedIn: Monitor
            let guest: Monitor
            let users: [User]
        }
        func monitor(_ monitor: SandboxConfiguration.Monitor) -> Settings.Monitor {
            Settings.Monitor(name: monitor.name, id: monitor.id)
        }
        let settings = Settings(
            app: app, sandbox: sandbox, region: configuration.region, clientID: configuration.clientID,
            client: "\(Self.clientHost)/3.x/cwr.js", signedIn: monitor(configuration.signedInMonitor),
            guest: monitor(configuration.guestMonitor),
            users: configuration.users.map { Settings.User(name: $0.name, password: $0.password) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(settings))
    }
}
