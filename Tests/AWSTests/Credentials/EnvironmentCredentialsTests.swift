// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vending

@testable import AWS

@Suite struct EnvironmentCredentialsTests {
    private func read(_ environment: [String: String]) throws(BrokerCredentialError) -> SigningCredentials? {
        try EnvironmentCredentials.read(EnvironmentVariables(environment))
    }

    @Test("reads key and secret with or without a session token and an expiration")
    func whole() throws {
        let long = try #require(
            try read(["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": ""]))
        #expect(long.accessKeyID == "AKIA")
        #expect(long.secretAccessKey == "s")
        #expect(long.sessionToken == nil)
        #expect(long.expiration == nil)
        let short = try read(Fixture.keys.merging(["AWS_CREDENTIAL_EXPIRATION": "2026-01-02T04:04:05Z"]) { $1 })
        #expect(short?.sessionToken == "own/session==")
        #expect(short?.expiration == Fixture.now.addingTimeInterval(3_600))
    }

    @Test("reads the session token by its old name too, and rejects two that differ")
    func oldToken() throws {
        let keys = ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SECURITY_TOKEN": "t"]
        #expect(try read(keys)?.sessionToken == "t")
        #expect(try read(keys.merging(["AWS_SESSION_TOKEN": "t"]) { $1 })?.sessionToken == "t")
        #expect(throws: BrokerCredentialError.self) { try read(keys.merging(["AWS_SESSION_TOKEN": "other"]) { $1 }) }
    }

    @Test("treats a blank variable as unset", arguments: ["", " ", "\t \r\n"])
    func blank(value: String) throws {
        #expect(try read(["AWS_ACCESS_KEY_ID": value, "AWS_SECRET_ACCESS_KEY": value]) == nil)
        #expect(try read(["AWS_SESSION_TOKEN": "topsecret"]) == nil)
        #expect(try read([:]) == nil)
    }

    @Test(
        "rejects an incomplete or malformed key pair without quoting it",
        arguments: [
            (["AWS_ACCESS_KEY_ID": "AKIA"], "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"),
            (["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": ""], "is set without AWS_SECRET_ACCESS_KEY"),
            (["AWS_SECRET_ACCESS_KEY": "topsecret"], "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID"),
            (["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "topsecret\n"], "AWS_SECRET_ACCESS_KEY holds"),
            (["AWS_ACCESS_KEY_ID": "AKIA x", "AWS_SECRET_ACCESS_KEY": "topsecret"], "AWS_ACCESS_KEY_ID holds"),
            (
                ["AWS_ACCESS_KEY_ID": String(repeating: "A", count: 129), "AWS_SECRET_ACCESS_KEY": "topsecret"],
                "AWS_ACCESS_KEY_ID is empty or longer than 128"
            ),
            (
                [
                    "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "topsecret",
                    "AWS_CREDENTIAL_EXPIRATION": "topsecret",
                ], "AWS_CREDENTIAL_EXPIRATION is not a time"
            ),
        ])
    func incomplete(environment: [String: String], detail: String) throws {
        let problem = try #require(throws: BrokerCredentialError.self) { try read(environment) }
        #expect(problem.description.contains(detail))
        #expect(!problem.description.contains("topsecret"))
        #expect(problem.exchangeError.kind == .unavailable)
    }

    @Test("descriptions of credentials, variables, profiles and commands are redacted, alone and nested")
    func redacted() throws {
        let variables = EnvironmentVariables(Fixture.keys)
        let credentials = try #require(try EnvironmentCredentials.read(variables))
        let profile = Profile(
            name: "p", credentialsFile: ["aws_secret_access_key": Fixture.secret], configFile: [:])
        let command = CommandLine("/bin/vend --secret \(Fixture.secret)")
        let chain = try ChainFixture(Fixture.keys).chain
        let plan = try chain.plan()
        let files = MemoryFiles([MemoryFiles.config: "[default]\naws_secret_access_key = \(Fixture.secret)\n"])
        let file = try SharedFile.read(MemoryFiles.config, files)
        let shared = try SharedConfiguration.read(EnvironmentVariables(["HOME": "/home/purser"]), files)
        #expect(shared.profile?["aws_secret_access_key"] == Fixture.secret)
        let container = try ContainerEndpoint(
            EnvironmentVariables([
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c", "AWS_CONTAINER_AUTHORIZATION_TOKEN": Fixture.secret,
            ]))
        let document = try JSONDecoder().decode(
            CredentialDocument.self, from: Data("{\"SecretAccessKey\": \"\(Fixture.secret)\"}".utf8))
        let values: [Any] = [
            credentials, variables, profile, command as Any, FixedCredentials(credentials), chain, plan, file, shared,
            container as Any, document,
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), "\([value])", dumped] {
                #expect(!text.contains(Fixture.secret))
                #expect(!text.contains("own/session"))
            }
        }
    }
}
