// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import Browser

@Suite struct InstallationTests {
    private func monitor(_ name: String, _ id: String) -> AppMonitor {
        AppMonitor(
            name: name, id: id, region: "eu-west-1", account: "123456789012", partition: "aws",
            endpoint: "https://dataplane.rum.eu-west-1.amazonaws.com")
    }

    private var both: Installation {
        Installation(
            broker: "https://purser.example.com/rum", app: AppName("shop")!, signedIn: monitor("In", "11111111"),
            guest: monitor("Out", "66666666"), origins: ["https://shop.example"],
            moduleURL: "https://purser.example.com/rum/rum-credentials.js",
            classicModule: "var RumCredentials={};\n")
    }

    private var guestsOnly: Installation {
        Installation(
            broker: "https://purser.example.com", app: AppName("shop")!, signedIn: nil,
            guest: monitor("Out", "66666666"), moduleURL: "https://purser.example.com/rum-credentials.js",
            classicModule: "var RumCredentials={};")
    }

    @Test("both forms set region, endpoint, cookies and the configured sample rate for each monitor")
    func settings() {
        var installation = both
        installation.sessionSampleRate = 0.25
        installation.applicationVersion = "2.1.0"
        for form in [installation.scriptForm, installation.moduleForm] {
            for fragment in [
                "\"11111111\"", "\"66666666\"", "\"2.1.0\"", "\"eu-west-1\"", "sessionSampleRate: 0.25",
                "endpoint: \"https://dataplane.rum.eu-west-1.amazonaws.com\"", "allowCookies: true",
                "\"https://purser.example.com/rum\"",
            ] {
                #expect(form.contains(fragment), "\(fragment)")
            }
            #expect(!form.contains("XRay") && !form.contains("identityPoolId"))
        }
        let config = #"RumCredentials.clientConfig({ broker: "https://purser.example.com/rum" })"#
        #expect(installation.scriptForm.contains(config))
        #expect(both.scriptForm.occurrences(of: "sessionSampleRate: 1,") == 2)
    }

    @Test("both forms pass the alias of a monitor that has one, and only there")
    func alias() {
        let guest = AppMonitor(
            name: "Out", id: "66666666", region: "eu-west-1", account: "123456789012", partition: "aws",
            endpoint: "https://dataplane.rum.eu-west-1.amazonaws.com", alias: "shop's")
        let aliased = Installation(
            broker: both.broker, app: both.app, signedIn: both.signedIn, guest: guest, moduleURL: both.moduleURL,
            classicModule: both.classicModule)
        for (form, plain) in [(aliased.scriptForm, both.scriptForm), (aliased.moduleForm, both.moduleForm)] {
            #expect(form.occurrences(of: #"alias: "shop's""#) == 1, "\(form)")
            #expect(!plain.contains("alias"))
        }
    }

    @Test("tracing covers relative addresses and the app's own origins, and no third party")
    func traces() {
        var installation = both
        installation.tracesCalls = true
        let own = #"[/^(?![A-Za-z][\w+.\-]*:|[\\/]{2})/, /^https:\/\/shop\.example(?![^/?#])/]"#
        for form in [installation.scriptForm, installation.moduleForm] {
            #expect(form.occurrences(of: "enableXRay: true") == 2)
            #expect(form.occurrences(of: "addXRayTraceIdHeader: \(own)") == 2)
        }
        #expect(!both.scriptForm.contains("XRay"))
    }

    @Test("a nonce takes the place of the script's hash, in the element and in the policy")
    func nonce() {
        var installation = both
        installation.nonce = "{{nonce}}"
        #expect(installation.scriptForm.hasPrefix("<script nonce=\"{{nonce}}\">"))
        let policy = ContentSecurityPolicy(installation, .script(sha256: "abc="), requiresTrustedTypes: true).value
        #expect(policy.contains("script-src 'self' 'nonce-{{nonce}}' https://client.rum."))
        #expect(!policy.contains("sha256-"))
        #expect(policy.hasSuffix("; require-trusted-types-for 'script'; trusted-types purser-rum"))
    }

    @Test(
        "the script form tells the module of startSession() only for versions that have it",
        arguments: [
            ("https://client.rum.us-east-1.amazonaws.com/3.x/cwr.js", true),
            ("https://client.rum.us-east-1.amazonaws.com/4.0.0/cwr.js", true),
            ("https://client.rum.us-east-1.amazonaws.com/3.1.0/cwr.js", true),
            ("https://client.rum.us-east-1.amazonaws.com/3.0.0/cwr.js", false),
            ("https://client.rum.us-east-1.amazonaws.com/2.x/cwr.js", false),
            ("https://shop.example/cwr.js", false),
        ])
    func sessions(client: String, starts: Bool) {
        var installation = both
        installation.client = client
        #expect(installation.scriptForm.contains("startSession = \(starts);"))
    }

    @Test("each framework's file makes one connection and follows the user", arguments: Framework.allCases)
    func frameworks(framework: Framework) {
        let file = both.file(for: framework)
        #expect(file.occurrences(of: "connect({") == 1)
        #expect(file.contains("rum.signIn()") && file.contains("rum.signOut()") && file.contains("export "))
        #expect(file.hasPrefix("'use client';") == (framework == .next))
    }

    @Test("the slim client gets plugins in place of telemetries, and a signing configuration")
    func slim() {
        var installation = both
        installation.usesSlimClient = true
        for form in [installation.moduleForm, installation.file(for: .react)] {
            #expect(form.contains("from '@aws-rum/web-slim'") && !form.contains("from 'aws-rum-web'"))
            #expect(form.occurrences(of: "eventPluginsToLoad: plugins(config.telemetries)") == 2)
            #expect(form.occurrences(of: "signed(new AwsRum(") == 2)
        }
    }

    @Test("an app without signed-in users has no token function and one client")
    func guests() {
        for form in [guestsOnly.scriptForm, guestsOnly.moduleForm] {
            #expect(!form.contains("signedIn") && !form.contains("cwrSignedIn") && !form.contains("token:"))
            #expect(form.contains("guest: ") && !form.contains("11111111"))
        }
    }

    @Test("the script form is one script element that contains the module")
    func element() {
        let form = both.scriptForm
        #expect(form == "<script>\(both.inlineScript)</script>\n")
        #expect(form.occurrences(of: "<script") == 1 && form.occurrences(of: "</script") == 1)
        #expect(form.contains("var RumCredentials={};\n(function"))
    }

    @Test("the content security policy lists script hash, client, broker and data plane origins once each")
    func policy() {
        #expect(
            ContentSecurityPolicy(both, .script(sha256: "abc=")).value
                == "script-src 'self' 'sha256-abc=' https://client.rum.us-east-1.amazonaws.com; "
                + "connect-src 'self' https://purser.example.com https://dataplane.rum.eu-west-1.amazonaws.com")
        #expect(
            ContentSecurityPolicy(both, .module).value
                == "script-src 'self' https://purser.example.com; "
                + "connect-src 'self' https://purser.example.com https://dataplane.rum.eu-west-1.amazonaws.com")
    }

    @Test(
        "a JavaScript string literal cannot end itself or its script element",
        arguments: [
            ("</script><script>", #""\u003c/script>\u003cscript>""#), (#"a"b\c"#, #""a\"b\\c""#),
            ("<!--", #""\u003c!--""#), ("\u{2028}\n", #""\u2028\u000a""#), ("", "\"\""),
        ])
    func strings(text: String, script: String) {
        #expect(Script.string(text) == script)
    }
}

extension String {
    fileprivate func occurrences(of text: String) -> Int { ranges(of: text).count }
}
