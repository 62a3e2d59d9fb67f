// SPDX-License-Identifier: Apache-2.0

package import Vending

/// The code that installs the RUM web client with both monitors in an app's pages. `purser snippet` prints it.
package struct Installation: Sendable {
    /// URL of the RUM web client that AWS publishes.
    package static let publishedClient = "https://client.rum.us-east-1.amazonaws.com/3.x/cwr.js"

    /// The broker's public address, without a trailing slash.
    package let broker: String
    package let app: AppName
    package let signedIn: AppMonitor?
    package let guest: AppMonitor?
    /// Origins of the application's pages.
    package let origins: [String]
    /// URL of the ES module at the broker.
    package let moduleURL: String
    /// Source text of the classic script. It is inlined: a page that first fetched it would lose earlier events.
    package let classicModule: String
    package var client = publishedClient
    /// Version of the application, which the RUM console shows.
    package var applicationVersion = "1.0.0"
    /// Fraction of sessions that are recorded, 0 to 1.
    package var sessionSampleRate = 1.0
    /// Whether HTTP requests to the application's own origins carry `X-Amzn-Trace-Id`.
    package var tracesCalls = false
    /// Whether the module form uses `@aws-rum/web-slim`, which has no telemetries and signs nothing by itself.
    package var usesSlimClient = false
    /// A new random text for each response, or what the page's template replaces by one. It allows the inline script in
    /// place of the script's hash.
    package var nonce: String?

    package init(
        broker: String, app: AppName, signedIn: AppMonitor?, guest: AppMonitor?, origins: [String] = [],
        moduleURL: String, classicModule: String
    ) {
        self.broker = broker
        self.app = app
        self.signedIn = signedIn
        self.guest = guest
        self.origins = origins
        self.moduleURL = moduleURL
        self.classicModule = classicModule
    }

    var monitors: [AppMonitor] { [signedIn, guest].compactMap { $0 } }

    /// Web client settings that both forms have for a monitor.
    func settings(of monitor: AppMonitor) -> [(name: String, value: String)] {
        var settings = [
            ("endpoint", Script.string(monitor.endpoint)), ("allowCookies", "true"),
            ("sessionSampleRate", "\(sessionSampleRate)".trimmingZero),
        ]
        if let alias = monitor.alias { settings.append(("alias", Script.string(alias))) }
        if tracesCalls { settings.append(("enableXRay", "true")) }
        return settings
    }

    /// The module's telemetries with trace headers for the application's own origins and relative addresses. Third
    /// parties never get the header: it would also make their answers fail without CORS for it.
    ///
    /// - Parameter config: the name of the variable that holds the module's configuration of a client.
    func tracedTelemetries(of config: String) -> String {
        let own = ([Script.relativePattern] + origins.map(Script.pattern(startingWith:))).joined(separator: ", ")
        let http = "{ ...\(config).telemetries[2][1], addXRayTraceIdHeader: [\(own)] }"
        return "[...\(config).telemetries.slice(0, 2), ['http', \(http)]]"
    }

    /// Whether `client` is one of the published versions that have `startSession()`, 3.1 and later.
    var startsSessions: Bool {
        for part in client.split(separator: "/") {
            let numbers = part.split(separator: ".")
            guard numbers.count > 1, let major = Int(numbers[0]) else { continue }
            return major > 3 || (major == 3 && (numbers[1] == "x" || (Int(numbers[1]) ?? 0) > 0))
        }
        return false
    }
}

extension String {
    fileprivate var trimmingZero: String { hasSuffix(".0") ? String(dropLast(2)) : self }
}
