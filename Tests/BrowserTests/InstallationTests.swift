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
            guest: monitor("Out", "66666666"), moduleURL: "https://purser.example.com/rum/rum-credentials.js",
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
        #expect(installation.scriptForm.occurrences(of: "cookieAttributes: { unique: true }") == 2)
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

    @Test("tracing is enabled only if configured, and never for requests to the broker")
    func traces() {
        var installation = both
        installation.tracesCalls = true
        for form in [installation.scriptForm, installation.moduleForm] {
            #expect(form.occurrences(of: "enableXRay: true") == 2)
            #expect(form.occurrences(of: "addXRayTraceIdHeader: true") == 2)
            #expect(form.occurrences(of: #"urlsToExclude: [/^https:\/\/purser\.example\.com\/rum(?![^/?#])/]"#) == 2)
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
                == "script-src 'sha256-abc=' https://client.rum.us-east-1.amazonaws.com; "
                + "connect-src https://purser.example.com https://dataplane.rum.eu-west-1.amazonaws.com")
        #expect(
            ContentSecurityPolicy(both, .module).value
                == "script-src 'self' https://purser.example.com; "
                + "connect-src https://purser.example.com https://dataplane.rum.eu-west-1.amazonaws.com")
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
