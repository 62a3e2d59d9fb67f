// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vending

@testable import AWS

/// When the exchange requests a new identity, and when it does not.
@Suite struct IdentityIDTests {
    private typealias Stub = CognitoFixture

    private func count(_ call: String, in cognito: CognitoFixture) -> Int {
        cognito.calls.filter { $0 == call }.count
    }

    @Test("requests a user's identity once, whichever token they present")
    func user() async throws {
        let cognito = try CognitoFixture([Stub.identity(), Stub.credentials()])
        for token in ["first-token", "second-token", "third-token"] {
            _ = try await cognito.enhanced(Fixture.user(token: token)).get()
        }
        #expect(
            cognito.calls == [
                "GetId", "GetCredentialsForIdentity", "GetCredentialsForIdentity", "GetCredentialsForIdentity",
            ])
        #expect(cognito.bodies.last?.contains("third-token") == true)
    }

    @Test("users of different subjects or issuers, and guests, have different identities")
    func others() async throws {
        let cognito = try CognitoFixture([
            Stub.identity("us-west-2:1"), Stub.credentials("us-west-2:1"), Stub.identity("us-west-2:2"),
            Stub.credentials("us-west-2:2"), Stub.identity("us-west-2:3"), Stub.credentials("us-west-2:3"),
            Stub.identity("us-west-2:4"), Stub.credentials("us-west-2:4"), Stub.credentials("us-west-2:1"),
        ])
        let holders = [
            Stub.user("alice"), Stub.user("Alice"), Stub.user("alice", issuer: "https://other.example.com"), .guests,
            Stub.user("alice"),
        ]
        for holder in holders { _ = try await cognito.enhanced(holder).get() }
        #expect(count("GetId", in: cognito) == 4)
        #expect(cognito.bodies.last?.contains(#""us-west-2:1""#) == true)
    }

    @Test("guests share one identity in both flows")
    func guests() async throws {
        let cognito = try CognitoFixture([
            Stub.identity(), Stub.openIDToken(), Fixture.success("AssumeRoleWithWebIdentity"), Stub.openIDToken(),
            Fixture.success("AssumeRoleWithWebIdentity"), Stub.credentials(),
        ])
        for _ in 0..<2 { _ = try await cognito.basic().get() }
        _ = try await cognito.enhanced(.guests).get()
        #expect(count("GetId", in: cognito) == 1)
    }

    @Test("visitors have separate sessions and share the guests' identity")
    func visitors() async throws {
        let session = Fixture.success("AssumeRoleWithWebIdentity")
        let cognito = try CognitoFixture([
            Stub.identity(), Stub.openIDToken(), session, Stub.openIDToken(), session, Stub.openIDToken(), session,
        ])
        for holder in [ExchangeRequest.Holder.guests, .visitor("0a"), .visitor("0b")] {
            _ = try await cognito.basic(holder).get()
        }
        #expect(count("GetId", in: cognito) == 1)
        let names = cognito.bodies.compactMap { body in
            body.split(separator: "&").first { $0.hasPrefix("RoleSessionName=") }
        }
        #expect(Set(names).count == 3)
    }

    @Test("keeps an identity when the next call fails, so that failures do not fill the pool")
    func failure() async throws {
        let cognito = try CognitoFixture([
            Stub.identity(), Stub.error("InvalidIdentityPoolConfigurationException"),
        ])
        for _ in 0..<3 { _ = try await cognito.enhanced(.guests) }
        #expect(count("GetId", in: cognito) == 1)
    }

    @Test("replaces an identity that Cognito no longer knows by a new one", arguments: [true, false])
    func forgotten(isUser: Bool) async throws {
        let cognito = try CognitoFixture([
            Stub.identity(), Stub.credentials(), Stub.unknownIdentity, Stub.identity(Stub.second),
            Stub.credentials(Stub.second),
        ])
        let holder = isUser ? Fixture.user : .guests
        for _ in 0..<3 { _ = try await cognito.enhanced(holder).get() }
        #expect(
            cognito.calls == [
                "GetId", "GetCredentialsForIdentity", "GetCredentialsForIdentity", "GetId",
                "GetCredentialsForIdentity", "GetCredentialsForIdentity",
            ])
        #expect(cognito.bodies.last?.contains(Stub.second) == true)
    }

    @Test("requests a new identity if the old one was merged into another")
    func merged() async throws {
        let forbidden = Stub.error("NotAuthorizedException", "Access to Identity '\(Stub.first)' is forbidden.")
        let cognito = try CognitoFixture([
            Stub.identity(), Stub.openIDToken(), Fixture.success("AssumeRoleWithWebIdentity"), forbidden,
            Stub.identity(Stub.second), Stub.openIDToken(Stub.second), Fixture.success("AssumeRoleWithWebIdentity"),
        ])
        _ = try await cognito.basic().get()
        _ = try await cognito.basic().get()
        #expect(count("GetId", in: cognito) == 2)
    }

    @Test("refuses if Cognito does not know a new identity either, and the next exchange requests another")
    func unknownForGood() async throws {
        let cognito = try CognitoFixture([
            Stub.identity(), Stub.unknownIdentity, Stub.identity(), Stub.credentials(), Stub.unknownIdentity,
            Stub.identity(), Stub.unknownIdentity,
        ])
        #expect(try await cognito.enhanced().failure?.kind == .refused)
        #expect(cognito.calls == ["GetId", "GetCredentialsForIdentity"])
        _ = try await cognito.enhanced().get()
        #expect(try await cognito.enhanced().failure?.kind == .refused)
        #expect(cognito.requests.count == 7)
    }

    @Test("keeps the identity that the response returns", arguments: [true, false])
    func returnedIdentity(isEnhanced: Bool) async throws {
        let session = Fixture.success("AssumeRoleWithWebIdentity")
        let answers =
            isEnhanced
            ? [Stub.credentials(Stub.second), Stub.credentials(Stub.second)]
            : [Stub.openIDToken(Stub.second), session, Stub.openIDToken(Stub.second), session]
        let cognito = try CognitoFixture([Stub.identity()] + answers)
        for _ in 0..<2 { _ = try await (isEnhanced ? cognito.enhanced() : cognito.basic(Fixture.user)).get() }
        let sent = cognito.bodies.filter { $0.contains("\"IdentityId\"") }
        #expect(sent.count == 2)
        #expect(sent.first?.contains(Stub.first) == true)
        #expect(sent.last?.contains(Stub.second) == true)
    }
}
