import Foundation
import Testing
import Vending

@testable import AWS

/// Who is asked for a new identity, and who is not.
@Suite struct IdentityIDTests {
    private typealias Say = CognitoFixture

    private func count(_ call: String, in cognito: CognitoFixture) -> Int {
        cognito.calls.filter { $0 == call }.count
    }

    @Test("a user is asked for once, whatever token he comes with")
    func user() async throws {
        let cognito = try CognitoFixture([Say.identity(), Say.credentials()])
        for token in ["first-token", "second-token", "third-token"] {
            _ = try await cognito.enhanced(Fixture.user(token: token)).get()
        }
        #expect(
            cognito.calls == [
                "GetId", "GetCredentialsForIdentity", "GetCredentialsForIdentity", "GetCredentialsForIdentity",
            ])
        #expect(cognito.bodies.last?.contains("third-token") == true)
    }

    @Test("users of other names or issuers, and users and guests, have identities of their own")
    func others() async throws {
        let cognito = try CognitoFixture([
            Say.identity("us-west-2:1"), Say.credentials("us-west-2:1"), Say.identity("us-west-2:2"),
            Say.credentials("us-west-2:2"), Say.identity("us-west-2:3"), Say.credentials("us-west-2:3"),
            Say.identity("us-west-2:4"), Say.credentials("us-west-2:4"), Say.credentials("us-west-2:1"),
        ])
        let holders = [
            Say.user("alice"), Say.user("Alice"), Say.user("alice", issuer: "https://other.example.com"), .guests,
            Say.user("alice"),
        ]
        for holder in holders { _ = try await cognito.enhanced(holder).get() }
        #expect(count("GetId", in: cognito) == 4)
        #expect(cognito.bodies.last?.contains(#""us-west-2:1""#) == true)
    }

    @Test("guests have one identity, in both flows")
    func guests() async throws {
        let cognito = try CognitoFixture([
            Say.identity(), Say.openIDToken(), Fixture.success("AssumeRoleWithWebIdentity"), Say.openIDToken(),
            Fixture.success("AssumeRoleWithWebIdentity"), Say.credentials(),
        ])
        for _ in 0..<2 { _ = try await cognito.basic().get() }
        _ = try await cognito.enhanced(.guests).get()
        #expect(count("GetId", in: cognito) == 1)
    }

    @Test("visitors have sessions of their own and the guests' identity")
    func visitors() async throws {
        let session = Fixture.success("AssumeRoleWithWebIdentity")
        let cognito = try CognitoFixture([
            Say.identity(), Say.openIDToken(), session, Say.openIDToken(), session, Say.openIDToken(), session,
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

    @Test("an identity is kept although what follows fails, so that failures don't fill the pool")
    func failure() async throws {
        let cognito = try CognitoFixture([
            Say.identity(), Say.error("InvalidIdentityPoolConfigurationException"),
        ])
        for _ in 0..<3 { _ = try await cognito.enhanced(.guests) }
        #expect(count("GetId", in: cognito) == 1)
    }

    @Test("an identity that Cognito no longer knows is dropped and asked for once more", arguments: [true, false])
    func forgotten(isUser: Bool) async throws {
        let cognito = try CognitoFixture([
            Say.identity(), Say.credentials(), Say.unknownIdentity, Say.identity(Say.second),
            Say.credentials(Say.second),
        ])
        let holder = isUser ? Fixture.user : .guests
        for _ in 0..<3 { _ = try await cognito.enhanced(holder).get() }
        #expect(
            cognito.calls == [
                "GetId", "GetCredentialsForIdentity", "GetCredentialsForIdentity", "GetId",
                "GetCredentialsForIdentity", "GetCredentialsForIdentity",
            ])
        #expect(cognito.bodies.last?.contains(Say.second) == true)
    }

    @Test("an identity that was merged into another is asked for once more")
    func merged() async throws {
        let forbidden = Say.error("NotAuthorizedException", "Access to Identity '\(Say.first)' is forbidden.")
        let cognito = try CognitoFixture([
            Say.identity(), Say.openIDToken(), Fixture.success("AssumeRoleWithWebIdentity"), forbidden,
            Say.identity(Say.second), Say.openIDToken(Say.second), Fixture.success("AssumeRoleWithWebIdentity"),
        ])
        _ = try await cognito.basic().get()
        _ = try await cognito.basic().get()
        #expect(count("GetId", in: cognito) == 2)
    }

    @Test("a new identity that Cognito does not know either is a refusal, and the next exchange asks again")
    func unknownForGood() async throws {
        let cognito = try CognitoFixture([
            Say.identity(), Say.unknownIdentity, Say.identity(), Say.credentials(), Say.unknownIdentity,
            Say.identity(), Say.unknownIdentity,
        ])
        #expect(try await cognito.enhanced().failure?.kind == .refused)
        #expect(cognito.calls == ["GetId", "GetCredentialsForIdentity"])
        _ = try await cognito.enhanced().get()
        #expect(try await cognito.enhanced().failure?.kind == .refused)
        #expect(cognito.requests.count == 7)
    }

    @Test("the identity that comes with the answer wins", arguments: [true, false])
    func returnedIdentity(isEnhanced: Bool) async throws {
        let session = Fixture.success("AssumeRoleWithWebIdentity")
        let answers =
            isEnhanced
            ? [Say.credentials(Say.second), Say.credentials(Say.second)]
            : [Say.openIDToken(Say.second), session, Say.openIDToken(Say.second), session]
        let cognito = try CognitoFixture([Say.identity()] + answers)
        for _ in 0..<2 { _ = try await (isEnhanced ? cognito.enhanced() : cognito.basic(Fixture.user)).get() }
        let asked = cognito.bodies.filter { $0.contains("\"IdentityId\"") }
        #expect(asked.count == 2)
        #expect(asked.first?.contains(Say.first) == true)
        #expect(asked.last?.contains(Say.second) == true)
    }
}
