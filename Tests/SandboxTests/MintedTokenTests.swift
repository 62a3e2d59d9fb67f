// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Tokens

@testable import Sandbox

@Suite("AssumeRoleWithWebIdentity with tokens that the broker mints")
struct MintedTokenTests {
    let harness: Harness

    init() throws {
        harness = try Harness()
    }

    private func expectRejection(
        _ change: [String: Any?], role: String = Harness.mintedSignedInRole, code: String, message: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        var claims = harness.mintedClaims
        for (name, value) in change { claims[name] = value }
        let answer = try await harness.minted(claims, role: role)
        #expect(answer.status == (code == "AccessDenied" ? 403 : 400), sourceLocation: sourceLocation)
        #expect(answer.element("Code") == code, sourceLocation: sourceLocation)
        #expect(answer.element("Message")?.hasPrefix(message) == true, sourceLocation: sourceLocation)
    }

    @Test("a user's token assumes the role for users, and the session keeps tags and source identity")
    func user() async throws {
        let answer = try await harness.minted(harness.mintedClaims)
        #expect(answer.status == 200)
        #expect(answer.element("SourceIdentity") == "a-pseudonym")
        #expect(answer.element("SubjectFromWebIdentityToken") == "a-pseudonym")
        #expect(answer.element("Audience") == "sts.amazonaws.com")
        #expect(answer.element("Provider") == "arn:aws:iam::123456789012:oidc-provider/purser.localhost")
        #expect(answer.element("PackedPolicySize") == "1")
        let session = try harness.storedSession(issuedBy: answer)
        #expect(session.tags.tags == [SessionTag(key: "app", value: "demo-minted")])
        #expect(session.tags.transitiveKeys == ["app"])
        #expect(session.sourceIdentity == "a-pseudonym")
        #expect(session.expiration == Harness.start + 43_200)
    }

    @Test(
        "tokens of guests and users cannot assume each other's role",
        arguments: ["=visitor.0a1b", "=guest.demo-minted"])
    func guest(subject: String) async throws {
        var claims = harness.mintedClaims
        claims["sub"] = subject
        claims["https://aws.amazon.com/source_identity"] = nil
        let answer = try await harness.minted(claims, role: Harness.mintedGuestRole)
        #expect(answer.status == 200)
        #expect(answer.element("SourceIdentity") == nil)
        try await expectRejection(
            ["sub": subject], code: "AccessDenied", message: "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        try await expectRejection(
            ["https://aws.amazon.com/source_identity": nil], role: Harness.mintedGuestRole, code: "AccessDenied",
            message: "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    }

    @Test("rejects a source identity if the role's trust policy does not allow SetSourceIdentity")
    func setSourceIdentity() async throws {
        try await expectRejection(
            ["sub": "=visitor.0a1b"], role: Harness.mintedGuestRole, code: "AccessDenied",
            message: "Not authorized to perform sts:SetSourceIdentity")
    }

    @Test("rejects session tags if the role's trust policy does not allow TagSession")
    func tagSession() async throws {
        var configuration = SandboxConfiguration.demo
        configuration.mintedSignedInRole.trust =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/purser.localhost"},"Action":["sts:AssumeRoleWithWebIdentity","sts:SetSourceIdentity"]}]}"#
        let harness = try Harness(configuration)
        let answer = try await harness.minted(harness.mintedClaims)
        #expect(answer.element("Message") == "Not authorized to perform sts:TagSession")
        var claims = harness.mintedClaims
        claims["https://aws.amazon.com/tags"] = nil
        #expect(try await harness.minted(claims).status == 200)
    }

    @Test("rejects a token without the source identity or app tag that the trust policy requires")
    func requirements() async throws {
        let message = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
        try await expectRejection(
            ["https://aws.amazon.com/source_identity": nil], code: "AccessDenied", message: message)
        try await expectRejection(["https://aws.amazon.com/tags": nil], code: "AccessDenied", message: message)
        try await expectRejection(
            ["https://aws.amazon.com/tags": ["principal_tags": ["app": ["demo-store"]]]], code: "AccessDenied",
            message: message)
    }

    @Test("rejects a token of one provider for a role that trusts another")
    func otherProvider() async throws {
        let token = try await harness.idToken()
        #expect(try await harness.webIdentity(token: token).status == 200)
        #expect(
            try await harness.webIdentity(token: token, role: Harness.mintedSignedInRole).element("Code")
                == "AccessDenied")
        let answer = try await harness.minted(
            harness.mintedClaims, role: "arn:aws:iam::123456789012:role/DemoStoreSignedIn")
        #expect(answer.element("Code") == "AccessDenied")
    }

    @Test("rejects a minted token of another key, issuer or audience")
    func foreign() async throws {
        let token = try Harness().minter.sign(
            claims: Array(try JSONSerialization.data(withJSONObject: harness.mintedClaims)))
        #expect(try await harness.webIdentity(token: token, role: Harness.mintedSignedInRole).status == 400)
        try await expectRejection(
            ["iss": "https://purser.localhost/"], code: "InvalidIdentityToken",
            message: "No OpenIDConnect provider found in your account")
        try await expectRejection(
            ["aud": "demo-store"], code: "InvalidIdentityToken", message: "Incorrect token audience")
        try await expectRejection(["aud": nil], code: "InvalidIdentityToken", message: "Incorrect token audience")
    }

    @Test("azp is the audience if the token has it")
    func authorizedParty() async throws {
        try await expectRejection(
            ["aud": ["sts.amazonaws.com", "other"], "azp": "other"], code: "InvalidIdentityToken",
            message: "Incorrect token audience")
    }

    @Test("rejects times that are not integers", arguments: ["exp", "iat", "nbf"])
    func times(name: String) async throws {
        let time = try #require(harness.mintedClaims[name] as? Int)
        try await expectRejection(
            [name: Double(time) + 0.5], code: "InvalidIdentityToken",
            message: "The ID Token provided is not a valid JWT: \(name) is not an integer")
    }

    private static let key129 = String(repeating: "k", count: 129)
    private static let value257 = String(repeating: "v", count: 257)
    private static let fiftyOne = (1...51).map { #""k\#($0)":["v"]"# }.joined(separator: ",")

    static let malformedTags = [
        #""app""#, "{}", #"{"principal_tags":[]}"#, #"{"principal_tags":{"app":"demo-minted"}}"#,
        #"{"principal_tags":{"app":[]}}"#, #"{"principal_tags":{"app":["a","b"]}}"#,
        #"{"principal_tags":{"app":[1]}}"#, #"{"principal_tags":{"":["a"]}}"#,
        #"{"principal_tags":{"\#(key129)":["a"]}}"#, #"{"principal_tags":{"app":["\#(value257)"]}}"#,
        #"{"principal_tags":{"app":["a;b"]}}"#, #"{"principal_tags":{"a;b":["a"]}}"#,
        #"{"principal_tags":{"aws:app":["a"]}}"#, #"{"principal_tags":{"app":["a"],"APP":["b"]}}"#,
        #"{"principal_tags":{\#(fiftyOne)}}"#,
        #"{"principal_tags":{"app":["a"]},"transitive_tag_keys":["other"]}"#,
        #"{"principal_tags":{"app":["a"]},"transitive_tag_keys":"app"}"#,
        #"{"principal_tags":{"app":["a"]},"transitive_tag_keys":[1]}"#,
    ]

    @Test("rejects tags without exactly one value per key or beyond AWS's limits", arguments: malformedTags)
    func tags(json: String) async throws {
        let value = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        try await expectRejection(
            ["https://aws.amazon.com/tags": value], code: "InvalidIdentityToken",
            message: "The claim https://aws.amazon.com/tags is malformed")
    }

    @Test(
        "rejects a source identity outside AWS's allowed length and characters",
        arguments: ["a", "a b", "aws:me", "ü1", ""])
    func sourceIdentity(text: String) async throws {
        try await expectRejection(
            ["https://aws.amazon.com/source_identity": text], code: "InvalidIdentityToken",
            message: "The claim https://aws.amazon.com/source_identity is malformed")
    }

    @Test("rejects a source identity over 64 characters or of another type")
    func sourceIdentityLength() async throws {
        let message = "The claim https://aws.amazon.com/source_identity is malformed"
        for value in [String(repeating: "x", count: 65), 12, ["a-list"]] as [Any] {
            try await expectRejection(
                ["https://aws.amazon.com/source_identity": value], code: "InvalidIdentityToken", message: message)
        }
    }
}
