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
    /// URL of the ES module at the broker.
    package let moduleURL: String
    /// Source text of the classic script. It is inlined: a page that first fetched it would lose earlier events.
    package let classicModule: String
    package var client = publishedClient
    /// Version of the application, which the RUM console shows.
    package var applicationVersion = "1.0.0"
    /// Fraction of sessions that are recorded, 0 to 1.
    package var sessionSampleRate = 1.0
    /// Whether the page's HTTP requests carry `X-Amzn-Trace-Id`.
    package var tracesCalls = false

    package init(
        broker: String, app: AppName, signedIn: AppMonitor?, guest: AppMonitor?, moduleURL: String,
        classicModule: String
    ) {
        self.broker = broker
        self.app = app
        self.signedIn = signedIn
        self.guest = guest
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

    /// Excludes requests to the broker from recording: they would appear as a second user journey.
    var telemetries: String {
        let header = tracesCalls ? ", addXRayTraceIdHeader: true" : ""
        return
            "['errors', 'performance', ['http', { urlsToExclude: [\(Script.pattern(startingWith: broker))]\(header) }]]"
    }
}

extension String {
    fileprivate var trimmingZero: String { hasSuffix(".0") ? String(dropLast(2)) : self }
}
