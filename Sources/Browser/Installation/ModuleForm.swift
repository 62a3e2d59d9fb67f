// SPDX-License-Identifier: Apache-2.0

import Vending

extension Installation {
    /// For applications with a bundler: the web client from its npm package, the module from the broker or a copy.
    package var moduleForm: String {
        let clients = [(name: "signedIn", monitor: signedIn), (name: "guest", monitor: guest)].compactMap { each in
            each.monitor.map { (name: each.name, value: client(of: $0)) }
        }
        let token = signedIn == nil ? [] : [("token", "() => auth.token()")]
        let members =
            [("broker", Script.string(broker)), ("app", Script.string(app.rawValue))]
            + token + clients.map { ($0.name, $0.value) }
        return """
            // npm install aws-rum-web
            // rum-credentials.js: import it from \(moduleURL), or keep a copy next to your sources.
            import { AwsRum } from 'aws-rum-web';
            import { connect } from './rum-credentials.js';

            // config: disabled until connect enables it, cookieAttributes.unique, requests to the broker not recorded.
            export const rum = connect(\(Script.object(members, indent: "")));
            \(signedIn == nil ? "" : Self.hints)
            """
    }

    private static let hints = """

        // token(): returns the user's current token, or nothing while signed out.
        // After sign-in: rum.signIn(). After sign-out: rum.signOut().

        """

    private func client(of monitor: AppMonitor) -> String {
        let settings =
            settings(of: monitor) + (tracesCalls ? [("telemetries", telemetries)] : [])
        let members = ["...config"] + settings.map { "\($0.name): \($0.value)" }
        let arguments = [monitor.id, applicationVersion, monitor.region].map(Script.string).joined(separator: ", ")
        return """
            (config) => new AwsRum(\(arguments), {
            \(members.map { "    \($0),\n" }.joined())  })
            """
    }
}
