// SPDX-License-Identifier: Apache-2.0

import AWS
import ArgumentParser
import Browser
import BrokerConfiguration
import Cryptography
import Foundation
import Vending

extension Framework: ExpressibleByArgument {}

struct Snippet: AsyncParsableCommand {
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case npm
        case script
    }

    static let configuration = CommandConfiguration(
        abstract: "Print how an app's pages install the RUM web client with both monitors.",
        discussion: "The script form is for the head of pages without a bundler, the npm form for applications "
            + "that build with it; each prints the Content-Security-Policy that it needs. Makes no network calls.")

    @OptionGroup var option: ConfigurationOption

    @Option(help: "The app's name.")
    var app: String

    @Option(help: "The broker's address as pages reach it: https, or http on the loopback.")
    var broker: String

    @Option(help: "npm or script.")
    var form: Form = .script

    @Option(help: "react, vue, angular or next: a complete file for an application with this framework.")
    var framework: Framework?

    @Flag(help: "Use the package @aws-rum/web-slim (npm form, --framework).")
    var slim = false

    @Flag(help: "Print the Content-Security-Policy header alone.")
    var csp = false

    @Option(help: "Allow the script by this nonce, or your template's placeholder for it, not by its hash.")
    var nonce: String?

    @Flag(help: "Require Trusted Types in the Content-Security-Policy.")
    var trustedTypes = false

    @Option(help: "The application's version, which the RUM console shows.")
    var applicationVersion = "1.0.0"

    @Option(help: "The fraction of sessions that the client records, 0 to 1.")
    var sampleRate = 1.0

    @Flag(help: "Trace calls to the app's origins with AWS X-Ray: they get the header X-Amzn-Trace-Id.")
    var xRay = false

    @Option(help: "Where pages load the RUM web client from (script form).")
    var client = Installation.publishedClient

    func validate() throws {
        if !(0...1).contains(sampleRate) { throw ValidationError("--sample-rate: expected a number from 0 to 1") }
        let isPlain = { (byte: UInt8) in byte.isASCIIAlphanumeric || "._+-".utf8.contains(byte) }
        if !(1...64).contains(applicationVersion.utf8.count) || !applicationVersion.utf8.allSatisfy(isPlain) {
            throw ValidationError("--application-version: expected 1–64 of A–Z a–z 0–9 . _ + -")
        }
        if slim && framework == nil && form == .script {
            throw ValidationError("--slim: the script of the slim client cannot sign; use --form npm or --framework")
        }
        if let nonce, !(1...64).contains(nonce.utf8.count) || !nonce.utf8.allSatisfy(Self.isNonce) {
            throw ValidationError("--nonce: expected 1–64 of A–Z a–z 0–9 + / = - _ { } $ % . :")
        }
        if Endpoint(client) == nil {
            throw ValidationError("--client: expected the client's address, https://…/cwr.js")
        }
    }

    func run() async throws {
        try await runCommand { context in
            let installation = try installation(context)
            let policy = ContentSecurityPolicy(
                installation, policyForm(installation), requiresTrustedTypes: trustedTypes)
            let header = "Content-Security-Policy: \(policy.value)"
            guard !csp else { return write(header, to: .standardOutput) }
            let instructions = ContentSecurityPolicy.instructions
            let text =
                if let framework {
                    "\(installation.file(for: framework))// \(instructions)\n// \(header)"
                } else if form == .npm {
                    "\(installation.moduleForm)// \(instructions)\n// \(header)"
                } else {
                    "\(installation.scriptForm)<!-- \(instructions) -->\n<!-- \(header) -->"
                }
            write(text, to: .standardOutput)
        }
    }

    private static func isNonce(_ byte: UInt8) -> Bool { byte.isASCIIAlphanumeric || "+/=-_{}$%.:".utf8.contains(byte) }

    private func policyForm(_ installation: Installation) -> ContentSecurityPolicy.Form {
        switch form {
        case _ where framework != nil: .module
        case .npm: .module
        case .script:
            .script(sha256: Data(SHA256.digest(installation.inlineScript).bytes).base64EncodedString())
        }
    }

    private func installation(_ context: ProcessContext) throws -> Installation {
        let environment = context.environment()
        let settings = try SettingsFile.read(option.file, variables: environment.variables)
        let root = CompositionRoot(settings, environment, logger: context.logger)
        let app = try root.app(app)
        try app.requireCredentials()
        let broker = try BrokerAddress(option: broker)
        guard !broker.isSocket else {
            throw CommandError(description: "--broker: pages cannot use a unix socket; expected an https address")
        }
        let address = broker.root
        let module = BrowserModule.newest
        var installation = Installation(
            broker: address, app: app.name, signedIn: app.signedIn?.grant.monitor, guest: app.guest?.monitor,
            origins: app.origins.sorted(), moduleURL: address + module.module.path,
            classicModule: String(decoding: module.script.content, as: UTF8.self))
        installation.client = client
        installation.applicationVersion = applicationVersion
        installation.sessionSampleRate = sampleRate
        installation.tracesCalls = xRay
        installation.usesSlimClient = slim
        installation.nonce = nonce
        return installation
    }
}
