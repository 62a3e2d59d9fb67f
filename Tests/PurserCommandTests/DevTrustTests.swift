// SPDX-License-Identifier: Apache-2.0

import AWS
import AccountSetup
import BrokerConfiguration
import Foundation
import Logging
import Observability
import Outbound
import Sandbox
import Testing

@testable import PurserCommand

@Suite struct DevTrustTests {
    private struct NoNetwork: OutboundTransport {
        func send(
            _ request: OutboundRequest, timeout: Duration, bodyLimit: Int
        ) async throws(OutboundError) -> OutboundResponse {
            throw .timedOut
        }
    }

    @Test("the sandbox's roles have the trust policies that `purser policy` prints for the apps of `purser dev`")
    func same() throws {
        let configuration = SandboxConfiguration.demo
        // IAM accepts only https providers.
        let yaml = DevSettings.yaml(
            listen: "127.0.0.1:8080", admin: "127.0.0.1:8081", sandbox: "https://idp.example.com", configuration)
        let settings = try SettingsFile.parse(
            yaml, file: "f", variables: [:], minting: try DevSettings.minting(configuration).settings)
        let null = try #require(FileHandle(forWritingAtPath: "/dev/null"))
        let environment = Environment(
            variables: [:], transport: NoNetwork(), log: LogSink(descriptor: null.fileDescriptor))
        let root = CompositionRoot(settings, environment, logger: Logger(label: "test"))
        let broker = try #require(IdentityARN("arn:aws:iam::123456789012:user/\(SandboxConfiguration.brokerUser)"))
        var trust: [String: String] = [:]
        for app in root.apps {
            let documents = try AccountDocuments.make(app, settings, AccountDocuments.Given(broker: broker))
            for grant in [documents.signedIn, documents.guest] {
                let grant = try #require(grant)
                trust[grant.role.text] = grant.trust.json()
            }
        }
        let roles = [
            configuration.signedInRole, configuration.guestRole, configuration.mintedSignedInRole,
            configuration.mintedGuestRole,
        ]
        #expect(trust.count == roles.count)
        for role in roles {
            let named = role.trust.replacing(SandboxConfiguration.identityProvider, with: "idp.example.com")
            #expect(trust[role.arn] == named)
        }
    }
}
