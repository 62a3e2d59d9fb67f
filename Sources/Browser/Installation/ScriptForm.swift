// SPDX-License-Identifier: Apache-2.0

import Vending

extension Installation {
    /// For pages without a bundler. It must be the first element in the head.
    package var scriptForm: String {
        "<script\(nonce.map { " nonce=\"\($0)\"" } ?? "")>\(inlineScript)</script>\n"
    }

    /// Name of the script's Trusted Types policy.
    static let trustedTypesPolicy = "purser-rum"

    /// The exact bytes between the tags. A content security policy allows them by their hash.
    package var inlineScript: String {
        let names = [("cwrSignedIn", signedIn), ("cwrGuest", guest)].compactMap { name, monitor in
            monitor.map { (name: name, monitor: $0) }
        }
        let connected =
            [("broker", Script.string(broker)), ("app", Script.string(app.rawValue))]
            + (signedIn == nil ? [] : [("token", "function () { return window.rumToken && window.rumToken(); }")])
            + (signedIn == nil ? [] : [("signedIn", "'cwrSignedIn'")]) + (guest == nil ? [] : [("guest", "'cwrGuest'")])
        return """

            // window.rumToken = function () { … }: returns the user's current token, or nothing while signed out.
            // After sign-in: rum.signIn(). After sign-out: rum.signOut().
            \(classicModule.trimmingSuffix(while: \.isNewline))
            (function (source, clients) {
              var nonce = document.currentScript && document.currentScript.nonce;
              var config = RumCredentials.clientConfig({ broker: \(Script.string(broker)) });
              clients.forEach(function (client) {
                client.q = [];
                client.c = Object.assign({}, config, client.c(config));
                window[client.n] = function (command, payload) { client.q.push({ c: command, p: payload }); };
                // The module ends each user's session with the command startSession, if the client has it.
                window[client.n].startSession = \(startsSessions);
              });
              window.rum = RumCredentials.connect(\(Script.object(connected, indent: "  ")));
              // A page may require Trusted Types: this policy allows the web client's address and no other.
              var address = source;
              try {
                address = window.trustedTypes.createPolicy('\(Self.trustedTypesPolicy)', {
                  createScriptURL: function (url) { if (url === source) return url; throw new TypeError(url); },
                }).createScriptURL(source);
              } catch (error) { /* No Trusted Types, or the page's policy does not list this one. */ }
              // Each run of the web client configures the monitor in the global variable AwsRumClient.
              (function load(index) {
                if (index === clients.length) return;
                window.AwsRumClient = clients[index];
                var script = document.createElement('script');
                script.async = true;
                if (nonce) script.nonce = nonce;
                script.src = address;
                script.onload = script.onerror = function () { load(index + 1); };
                document.head.appendChild(script);
              })(0);
            })(\(Script.string(client)), [
            \(names.map { "  \(Script.object(members($0.name, $0.monitor), indent: "  ")),\n" }.joined())]);

            """
    }

    /// The members of the web client's loader object (`AwsRumClient` in its CDN installation).
    private func members(_ name: String, _ monitor: AppMonitor) -> [(name: String, value: String)] {
        let settings =
            settings(of: monitor) + (tracesCalls ? [("telemetries", tracedTelemetries(of: "config"))] : [])
        return [
            ("n", Script.string(name)), ("i", Script.string(monitor.id)), ("v", Script.string(applicationVersion)),
            ("r", Script.string(monitor.region)),
            ("c", "function (config) { return \(Script.object(settings, indent: "    ")); }"),
        ]
    }
}

extension String {
    fileprivate func trimmingSuffix(while matches: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, matches(last) { rest.removeLast() }
        return rest
    }
}
