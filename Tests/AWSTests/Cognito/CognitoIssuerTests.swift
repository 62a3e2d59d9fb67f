// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import AWS

/// `login` may give several issuers one provider's name, and their users may have equal subjects.
@Suite struct CognitoIssuerTests {
    private typealias Say = CognitoFixture

    @Test("users of two issuers with one `login` name and one subject have an identity each")
    func twoIssuers() async throws {
        let cognito = try CognitoFixture([
            Say.identity(Say.first), Say.credentials(Say.first), Say.identity(Say.second), Say.credentials(Say.second),
            Say.credentials(Say.first), Say.credentials(Say.second),
        ])
        let users = ["https://one.example.com", "https://two.example.com"].map { Say.user("alice", issuer: $0) }
        for user in users + users { _ = try await cognito.enhanced(user, login: "login.example.com").get() }
        #expect(
            cognito.calls == [
                "GetId", "GetCredentialsForIdentity", "GetId", "GetCredentialsForIdentity",
                "GetCredentialsForIdentity", "GetCredentialsForIdentity",
            ])
        let identities = cognito.bodies.map { body in
            body.contains(Say.first) ? "first" : body.contains(Say.second) ? "second" : "none"
        }
        #expect(identities == ["none", "first", "none", "second", "first", "second"])
    }

    @Test("the cache's keys of two issuers with one `login` name and one subject differ")
    func keys() {
        let keys = ["https://one.example.com", "https://two.example.com"].map { issuer in
            CognitoIdentityCache.Key.user(
                pool: "p", provider: "login.example.com", issuer: Issuer(issuer), subject: Subject("alice"))
        }
        #expect(keys[0] != keys[1])
    }
}
