import Vending

extension Installation {
    /// For pages without a bundler, to be the first thing in the head.
    package var scriptForm: String { "<script>\(inlineScript)</script>\n" }

    /// What stands between the tags, to the byte: a content security policy holds it to its hash.
    package var inlineScript: String {
        let names = [("cwrSignedIn", signedIn), ("cwrGuest", guest)].compactMap { name, monitor in
            monitor.map { (name: name, monitor: $0) }
        }
        let connected =
            [("broker", Script.string(broker)), ("app", Script.string(app.rawValue))]
            + (signedIn == nil ? [] : [("token", "function () { return window.rumToken && window.rumToken(); }")])
            + (signedIn == nil ? [] : [("signedIn", "'cwrSignedIn'")]) + (guest == nil ? [] : [("guest", "'cwrGuest'")])
        return """

            // window.rumToken = function () { … }: the user's current token, and nothing while nobody is signed in.
            // After sign-in: rum.signIn(). After sign-out: rum.signOut().
            \(classicModule.trimmingSuffix(while: \.isNewline))
            (function (source, clients) {
              clients.forEach(function (client) {
                client.q = [];
                window[client.n] = function (command, payload) { client.q.push({ c: command, p: payload }); };
              });
              window.rum = RumCredentials.connect(\(Script.object(connected, indent: "  ")));
              // Each run of the client takes over the monitor that it finds in the one global variable.
              (function load(index) {
                if (index === clients.length) return;
                window.AwsRumClient = clients[index];
                var script = document.createElement('script');
                script.async = true;
                script.src = source;
                script.onload = script.onerror = function () { load(index + 1); };
                document.head.appendChild(script);
              })(0);
            })(\(Script.string(client)), [
            \(names.map { "  \(Script.object(members($0.name, $0.monitor), indent: "  ")),\n" }.joined())]);

            """
    }

    /// The members that the client's loader has (`AwsRumClient` in its CDN installation).
    private func members(_ name: String, _ monitor: AppMonitor) -> [(name: String, value: String)] {
        let settings =
            [("enableRumClient", "false"), ("cookieAttributes", "{ unique: true }")] + settings(of: monitor)
            + [("telemetries", telemetries)]
        return [
            ("n", Script.string(name)), ("i", Script.string(monitor.id)), ("v", Script.string(applicationVersion)),
            ("r", Script.string(monitor.region)), ("c", Script.object(settings, indent: "    ")),
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
