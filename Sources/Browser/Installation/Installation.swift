package import Vending

/// How an app's pages install the RUM web client with both monitors: what `purser snippet` prints.
package struct Installation: Sendable {
    /// Where CloudWatch RUM publishes its web client.
    package static let publishedClient = "https://client.rum.us-east-1.amazonaws.com/3.x/cwr.js"

    /// The broker's public address, without a trailing slash.
    package let broker: String
    package let app: AppName
    package let signedIn: AppMonitor?
    package let guest: AppMonitor?
    /// Where the broker publishes the ES module.
    package let moduleURL: String
    /// The module as a classic script, itself: a page that has to fetch it first would lose what happens meanwhile.
    package let classicModule: String
    package var client = publishedClient
    /// Of the application, as the RUM console shows it.
    package var applicationVersion = "1.0.0"
    /// Of sessions, 0–1.
    package var sessionSampleRate = 1.0
    /// Whether calls of the page carry `X-Amzn-Trace-Id`.
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

    /// What the client is told of a monitor, besides what keeps the two apart.
    func settings(of monitor: AppMonitor) -> [(name: String, value: String)] {
        var settings = [
            ("endpoint", Script.string(monitor.endpoint)), ("allowCookies", "true"),
            ("sessionSampleRate", "\(sessionSampleRate)".trimmingZero),
        ]
        if tracesCalls { settings.append(("enableXRay", "true")) }
        return settings
    }

    /// Calls of the broker are the page's own affair: recorded, they would show a second user journey.
    var telemetries: String {
        let header = tracesCalls ? ", addXRayTraceIdHeader: true" : ""
        return
            "['errors', 'performance', ['http', { urlsToExclude: [\(Script.pattern(startingWith: broker))]\(header) }]]"
    }
}

extension String {
    fileprivate var trimmingZero: String { hasSuffix(".0") ? String(dropLast(2)) : self }
}
