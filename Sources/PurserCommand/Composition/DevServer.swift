// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Foundation
import Logging
import Sandbox
import Service
import ServiceLifecycle

/// Runs the sandbox and a broker that is configured for it. The process ends when the broker ends.
struct DevServer {
    private let listen: String
    private let admin: String
    private let sandboxAddress: ListenerAddress
    private let context: ProcessContext

    init(listen: String, admin: String, sandboxAddress: ListenerAddress, _ context: ProcessContext) {
        self.listen = listen
        self.admin = admin
        self.sandboxAddress = sandboxAddress
        self.context = context
    }

    func run(until shutdown: ShutdownSignals) async throws {
        let configuration = SandboxConfiguration.demo
        let minting = try DevSettings.minting(configuration)
        let sandbox = try Sandbox(configuration: configuration, providers: [minting.provider])
        let logger = context.logger
        var quiet = logger
        quiet.logLevel = .critical
        let (urls, urlContinuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(1))
        guard case .tcp(let host, let port) = sandboxAddress else {
            throw ListenerError(address: sandboxAddress, reason: "the sandbox needs a host and a port")
        }
        let application = sandbox.application(host: host, port: port, logger: quiet) { url in
            logger.info("listening", metadata: ["listener": "sandbox", "address": "\(url.dropFirst("http://".count))"])
            urlContinuation.yield(url)
        }
        let group = ServiceGroup(services: [application], logger: quiet)
        // The sandbox runs until the process ends: the broker may need it up to its last response.
        let running = Task {
            defer { urlContinuation.finish() }
            try await group.run()
        }
        guard let url = await urls.first(where: { _ in true }) else {
            return try await Binding(address: sandboxAddress) { try await running.value }.run()
        }
        try await broker(for: sandbox, at: url, minting.settings, until: shutdown)
    }

    private func broker(
        for sandbox: Sandbox, at url: String, _ minting: MintingSettings, until shutdown: ShutdownSignals
    ) async throws {
        // Overrides every variable that could refer to the real AWS.
        let environment = context.environment([
            "AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_STS": "", "AWS_ENDPOINT_URL_RUM": "",
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY": "", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "",
            "AWS_USE_FIPS_ENDPOINT": "", "AWS_USE_DUALSTACK_ENDPOINT": "", "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_ACCESS_KEY_ID": sandbox.brokerAccessKeyID,
            "AWS_SECRET_ACCESS_KEY": sandbox.brokerSecretAccessKey, "AWS_SESSION_TOKEN": "",
            "AWS_SECURITY_TOKEN": "",
            "AWS_CREDENTIAL_EXPIRATION": "",
        ])
        let yaml = DevSettings.yaml(listen: listen, admin: admin, sandbox: url, sandbox.configuration)
        let settings = try SettingsFile.parse(
            yaml, file: "purser dev", variables: environment.variables, minting: minting)
        let configuration = sandbox.configuration
        let store = DemoStore(sandbox: url, app: DevSettings.app, configuration)
        let root = CompositionRoot(
            settings, environment, audit: environment.log, publishing: try PublishedFile.demo(store),
            logger: context.logger)
        let server = Server(root, environment, logger: context.logger) { listener, address in
            guard listener == "public" else { return }
            write(DevGuide.text(broker: "http://\(address)", sandbox: url, configuration), to: .standardOutput)
        }
        try await PurserCommand.run(
            server.services, until: shutdown,
            limits: ShutdownLimits(drain: settings.drain, exchangeTimeout: settings.exchangeTimeout),
            logger: context.logger)
    }
}
