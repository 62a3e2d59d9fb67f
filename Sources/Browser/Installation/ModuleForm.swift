// SPDX-License-Identifier: Apache-2.0

import Vending

extension Installation {
    /// For applications with a bundler: the web client from its npm package, the module from the broker or a copy.
    package var moduleForm: String {
        """
        \(imports)
        // config: disabled until connect enables it, cookieAttributes.unique, requests to the broker not recorded.
        export const rum = \(connection(token: "() => auth.token()"));
        \(signedIn == nil ? "" : Self.hints)
        """
    }

    private static let hints = """

        // token(): returns the user's current token, or nothing while signed out.
        // After sign-in: rum.signIn(). After sign-out: rum.signOut().

        """

    /// The file's first lines: imports, and functions that the clients need.
    var imports: String {
        """
        // npm install \(usesSlimClient ? "@aws-rum/web-slim @aws-rum/web-core" : "aws-rum-web")
        // rum-credentials.js: import it from \(moduleURL), or keep a copy next to your sources.
        \(usesSlimClient ? Self.slimImports : "import { AwsRum } from 'aws-rum-web';")
        import { connect } from './rum-credentials.js';
        \(usesSlimClient ? Self.slimFunctions : "")
        """
    }

    private static let slimImports = """
        import { createSigningConfig } from '@aws-rum/web-core';
        import {
          AwsRum, FetchPlugin, JsErrorPlugin, NavigationPlugin, ResourcePlugin, WebVitalsPlugin, XhrPlugin,
        } from '@aws-rum/web-slim';
        """

    private static let slimFunctions = """

        // The slim client has plugins in place of telemetries, and signs only if it is configured to.
        const plugins = ([, [, performance], [, http]]) => [
          new JsErrorPlugin(), new NavigationPlugin(performance), new ResourcePlugin(performance),
          new WebVitalsPlugin(performance), new FetchPlugin(http), new XhrPlugin(http),
        ];
        const signed = (client) => {
          client.setSigningConfigFactory(createSigningConfig);
          return client;
        };

        """

    /// The call of `connect`.
    /// - Parameter token: an expression for the token source.
    func connection(token: String) -> String {
        let clients = [(name: "signedIn", monitor: signedIn), (name: "guest", monitor: guest)].compactMap { each in
            each.monitor.map { (name: each.name, value: client(of: $0)) }
        }
        let members =
            [("broker", Script.string(broker)), ("app", Script.string(app.rawValue))]
            + (signedIn == nil ? [] : [("token", token)]) + clients.map { ($0.name, $0.value) }
        return "connect(\(Script.object(members, indent: "")))"
    }

    private func client(of monitor: AppMonitor) -> String {
        let telemetries = tracesCalls ? tracedTelemetries(of: "config") : "config.telemetries"
        let recorded =
            usesSlimClient
            ? [("eventPluginsToLoad", "plugins(\(telemetries))")] : tracesCalls ? [("telemetries", telemetries)] : []
        let members = ["...config"] + (settings(of: monitor) + recorded).map { "\($0.name): \($0.value)" }
        let arguments = [monitor.id, applicationVersion, monitor.region].map(Script.string).joined(separator: ", ")
        let made = """
            new AwsRum(\(arguments), {
            \(members.map { "    \($0),\n" }.joined())  })
            """
        return "(config) => \(usesSlimClient ? "signed(\(made))" : made)"
    }
}
