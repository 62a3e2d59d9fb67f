// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import Outbound
import Testing
import Vending

@testable import AWS

/// Tokens that AWS refuses whatever they contain.
@Suite struct TokenSignatureTests {
    private func token(_ algorithm: String) -> String {
        Base64URL.encode(Array(#"{"typ":"JWT","alg":"\#(algorithm)","kid":"k"}"#.utf8)) + ".e30.AAAA"
    }

    @Test(
        "a token that is signed with PS* or EdDSA is refused before STS is asked",
        arguments: ["PS256", "PS512", "EdDSA"])
    func webIdentity(algorithm: String) async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        let failure = await #expect(throws: ExchangeError.self) {
            try await fixture.webIdentity(Fixture.user(token: token(algorithm))).get()
        }
        #expect(failure?.kind == .refused)
        #expect(failure?.detail.contains(algorithm) == true)
        #expect(fixture.transport.bodies.isEmpty)
    }

    @Test("a token that is signed with PS* or EdDSA is refused before Cognito is asked", arguments: ["PS256", "EdDSA"])
    func cognito(algorithm: String) async throws {
        let cognito = try CognitoFixture([CognitoFixture.identity(), CognitoFixture.credentials()])
        let failure = await #expect(throws: ExchangeError.self) {
            try await cognito.enhanced(Fixture.user(token: token(algorithm))).get()
        }
        #expect(failure?.kind == .refused)
        #expect(cognito.requests.isEmpty)
    }

    @Test("tokens that are signed with RS* or ES* are handed to AWS", arguments: ["RS256", "RS512", "ES256", "ES384"])
    func accepted(algorithm: String) async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        _ = try await fixture.webIdentity(Fixture.user(token: token(algorithm))).get()
        #expect(fixture.transport.bodies.count == 1)
    }
}
