import Foundation
import Outbound
import Testing
import Vending

@testable import AWS

/// What the two flows send, and what comes of it.
@Suite struct CognitoExchangeTests {
    private typealias Say = CognitoFixture

    @Test("enhanced: GetId and GetCredentialsForIdentity with the user's own token under the issuer's name")
    func enhanced() async throws {
        let cognito = try CognitoFixture([Say.identity(), Say.credentials()])
        let credentials = try await cognito.enhanced().get()
        #expect(credentials.accessKeyID == "ASIACOGNITOEXAMPLE00")
        #expect(credentials.secretAccessKey == "cognito/secret")
        #expect(credentials.sessionToken == "cognito/token==")
        #expect(credentials.expiration == Fixture.now.addingTimeInterval(3_600))
        #expect(credentials.requestID == "c0ffee-0")
        #expect(
            cognito.bodies == [
                #"{"IdentityPoolId": "\#(Say.poolID)", "Logins": {"login.example.com/": "\#(Fixture.token)"}}"#,
                #"{"IdentityId": "\#(Say.first)", "Logins": {"login.example.com/": "\#(Fixture.token)"}}"#,
            ])
    }

    @Test("Cognito's calls are unsigned and carry the JSON protocol's two headers")
    func headers() async throws {
        let cognito = try CognitoFixture([Say.identity(), Say.credentials()])
        _ = try await cognito.enhanced().get()
        for (request, operation) in zip(cognito.requests, ["GetId", "GetCredentialsForIdentity"]) {
            #expect(request.method == .post)
            #expect(request.url == "https://cognito-identity.us-west-2.amazonaws.com/")
            #expect(
                request.headers.map { "\($0.name): \($0.value)" } == [
                    "Content-Type: application/x-amz-json-1.1",
                    "X-Amz-Target: AWSCognitoIdentityService.\(operation)",
                ])
        }
    }

    @Test("enhanced with a role asks for it, and a login that is set is the provider's name")
    func customRole() async throws {
        let cognito = try CognitoFixture([Say.identity(), Say.credentials()])
        _ = try await cognito.enhanced(customRole: Say.role, login: "login.example.com").get()
        #expect(
            cognito.bodies.last
                == #"{"IdentityId": "\#(Say.first)", "Logins": {"login.example.com": "\#(Fixture.token)"}, "CustomRoleArn": "\#(Say.role)"}"#
        )
    }

    @Test("a guest sends no Logins")
    func guest() async throws {
        let cognito = try CognitoFixture([Say.identity(), Say.credentials()])
        _ = try await cognito.enhanced(.guests).get()
        #expect(
            cognito.bodies == [#"{"IdentityPoolId": "\#(Say.poolID)"}"#, #"{"IdentityId": "\#(Say.first)"}"#])
    }

    @Test("basic: Cognito's token goes to STS with the role, the duration and exactly the session policy")
    func basic() async throws {
        let cognito = try CognitoFixture([
            Say.identity(), Say.openIDToken(), Fixture.success("AssumeRoleWithWebIdentity"),
        ])
        let credentials = try await cognito.basic().get()
        #expect(credentials.accessKeyID == "ASIAEXAMPLEEXAMPLE00")
        #expect(cognito.calls == ["GetId", "GetOpenIdToken", "AssumeRoleWithWebIdentity"])
        let form = try #require(cognito.bodies.last?.removingPercentEncoding).split(separator: "&")
        #expect(form.contains("RoleArn=\(Say.role)"))
        #expect(form.contains("DurationSeconds=3600"))
        #expect(form.contains("WebIdentityToken=\(Say.openIDToken)"))
        #expect(form.contains { $0.hasPrefix("RoleSessionName==guest.") })
        #expect(
            form.contains(
                #"Policy={"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/Demo_guest"}]}"#
            ))
        #expect(!cognito.requests[2].headers.contains { $0.name == "Authorization" })
    }

    @Test("basic for a user: his token goes to Cognito and never to STS")
    func basicForUser() async throws {
        let cognito = try CognitoFixture([
            Say.identity(), Say.openIDToken(), Fixture.success("AssumeRoleWithWebIdentity"),
        ])
        _ = try await cognito.basic(Fixture.user).get()
        let pseudonym = Fixture.pseudonyms.pseudonym(Fixture.issuer, Subject(Fixture.subject)).text
        #expect(cognito.bodies[2].contains("&RoleSessionName=\(pseudonym)&"))
        #expect(cognito.bodies[0].contains(Fixture.token))
        #expect(cognito.bodies[1].contains(Fixture.token))
        #expect(!cognito.bodies[2].contains(Fixture.token))
        #expect(cognito.bodies[2].contains(Say.openIDToken))
    }

    @Test("a token or an issuer that Cognito would not take for its length is not sent")
    func lengths() async throws {
        let cognito = try CognitoFixture([Say.identity(), Say.credentials()])
        for token in ["", String(repeating: "t", count: 50_001)] {
            #expect(try await cognito.enhanced(Fixture.user(token: token)).failure?.kind == .refused)
        }
        let issuer = "https://\(String(repeating: "i", count: 129))"
        let failure = try await cognito.enhanced(Say.user("alice", issuer: issuer)).failure
        #expect(failure?.kind == .refused)
        #expect(failure?.detail.contains("`login`") == true)
        #expect(cognito.requests.isEmpty)
    }

    @Test("all calls of an exchange share one deadline, and one that has no time left is not made")
    func deadline() async throws {
        let slow = ScriptedTransport.Reply.answer(
            200, #"{"IdentityId":"\#(Say.first)"}"#, after: .milliseconds(4_900))
        let token = ScriptedTransport.Reply.answer(
            200, #"{"IdentityId":"\#(Say.first)","Token":"\#(Say.openIDToken)"}"#, after: .milliseconds(2_950))
        let cognito = try CognitoFixture([slow, token, Fixture.success("AssumeRoleWithWebIdentity")])
        let failure = try await cognito.basic().failure
        #expect(failure?.kind == .timedOut)
        #expect(cognito.fixture.transport.timeouts == [.seconds(5), .milliseconds(3_100)])
        #expect(cognito.calls == ["GetId", "GetOpenIdToken"])
    }

    @Test("STS gets what is left of the time")
    func deadlineOfSTS() async throws {
        let slow = ScriptedTransport.Reply.answer(
            200, #"{"IdentityId":"\#(Say.first)"}"#, after: .milliseconds(4_900))
        let cognito = try CognitoFixture([slow, Say.openIDToken(), Fixture.success("AssumeRoleWithWebIdentity")])
        _ = try await cognito.basic().get()
        #expect(cognito.fixture.transport.timeouts == [.seconds(5), .milliseconds(3_100), .milliseconds(3_100)])
    }

    @Test("calls are tried again by themselves, not the whole exchange")
    func retries() async throws {
        let cognito = try CognitoFixture([
            Say.error("TooManyRequestsException"), Say.identity(), Say.error("InternalErrorException", status: 500),
            Say.openIDToken(), Fixture.error(500, "InternalFailure"), Fixture.success("AssumeRoleWithWebIdentity"),
        ])
        _ = try await cognito.basic().get()
        #expect(
            cognito.calls == [
                "GetId", "GetId", "GetOpenIdToken", "GetOpenIdToken", "AssumeRoleWithWebIdentity",
                "AssumeRoleWithWebIdentity",
            ])
    }
}
