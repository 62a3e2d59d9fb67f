// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import Testing
import Vending

@testable import AWS

/// The requests and results of the two flows.
@Suite struct CognitoExchangeTests {
    private typealias Stub = CognitoFixture

    @Test("the enhanced flow sends GetId and GetCredentialsForIdentity with the user's token under the issuer's name")
    func enhanced() async throws {
        let cognito = try CognitoFixture([Stub.identity(), Stub.credentials()])
        let credentials = try await cognito.enhanced().get()
        #expect(credentials.accessKeyID == "ASIACOGNITOEXAMPLE00")
        #expect(credentials.secretAccessKey == "cognito/secret")
        #expect(credentials.sessionToken == "cognito/token==")
        #expect(credentials.expiration == Fixture.now.addingTimeInterval(3_600))
        #expect(credentials.requestID == "c0ffee-0")
        #expect(
            cognito.bodies == [
                #"{"IdentityPoolId": "\#(Stub.poolID)", "Logins": {"login.example.com/": "\#(Fixture.token)"}}"#,
                #"{"IdentityId": "\#(Stub.first)", "Logins": {"login.example.com/": "\#(Fixture.token)"}}"#,
            ])
    }

    @Test("calls of Cognito are unsigned and carry the two headers of the JSON protocol")
    func headers() async throws {
        let cognito = try CognitoFixture([Stub.identity(), Stub.credentials()])
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

    @Test("the enhanced flow sends a configured role, and a configured login as the provider's name")
    func customRole() async throws {
        let cognito = try CognitoFixture([Stub.identity(), Stub.credentials()])
        _ = try await cognito.enhanced(customRole: Stub.role, login: "login.example.com").get()
        #expect(
            cognito.bodies.last
                == #"{"IdentityId": "\#(Stub.first)", "Logins": {"login.example.com": "\#(Fixture.token)"}, "CustomRoleArn": "\#(Stub.role)"}"#
        )
    }

    @Test("sends no Logins for a guest")
    func guest() async throws {
        let cognito = try CognitoFixture([Stub.identity(), Stub.credentials()])
        _ = try await cognito.enhanced(.guests).get()
        #expect(
            cognito.bodies == [#"{"IdentityPoolId": "\#(Stub.poolID)"}"#, #"{"IdentityId": "\#(Stub.first)"}"#])
    }

    @Test("the basic flow sends Cognito's token, the role, the duration and the exact session policy to STS")
    func basic() async throws {
        let cognito = try CognitoFixture([
            Stub.identity(), Stub.openIDToken(), Fixture.success("AssumeRoleWithWebIdentity"),
        ])
        let credentials = try await cognito.basic().get()
        #expect(credentials.accessKeyID == "ASIAEXAMPLEEXAMPLE00")
        #expect(cognito.calls == ["GetId", "GetOpenIdToken", "AssumeRoleWithWebIdentity"])
        let form = try #require(cognito.bodies.last?.removingPercentEncoding).split(separator: "&")
        #expect(form.contains("RoleArn=\(Stub.role)"))
        #expect(form.contains("DurationSeconds=3600"))
        #expect(form.contains("WebIdentityToken=\(Stub.openIDToken)"))
        #expect(form.contains { $0.hasPrefix("RoleSessionName==guest.") })
        #expect(
            form.contains(
                #"Policy={"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/Demo_guest"}]}"#
            ))
        #expect(!cognito.requests[2].headers.contains { $0.name == "Authorization" })
    }

    @Test("the basic flow sends a user's token to Cognito and never to STS")
    func basicForUser() async throws {
        let cognito = try CognitoFixture([
            Stub.identity(), Stub.openIDToken(), Fixture.success("AssumeRoleWithWebIdentity"),
        ])
        _ = try await cognito.basic(Fixture.user).get()
        let pseudonym = Fixture.pseudonyms.pseudonym(Fixture.issuer, Subject(Fixture.subject)).text
        #expect(cognito.bodies[2].contains("&RoleSessionName=\(pseudonym)&"))
        #expect(cognito.bodies[0].contains(Fixture.token))
        #expect(cognito.bodies[1].contains(Fixture.token))
        #expect(!cognito.bodies[2].contains(Fixture.token))
        #expect(cognito.bodies[2].contains(Stub.openIDToken))
    }

    @Test("does not send a token or an issuer whose length Cognito rejects")
    func lengths() async throws {
        let cognito = try CognitoFixture([Stub.identity(), Stub.credentials()])
        for token in ["", String(repeating: "t", count: 50_001)] {
            #expect(try await cognito.enhanced(Fixture.user(token: token)).failure?.kind == .refused)
        }
        let issuer = "https://\(String(repeating: "i", count: 129))"
        let failure = try await cognito.enhanced(Stub.user("alice", issuer: issuer)).failure
        #expect(failure?.kind == .refused)
        #expect(failure?.detail.contains("`login`") == true)
        #expect(cognito.requests.isEmpty)
    }

    @Test("the calls of an exchange share one deadline, and a call without time left is not sent")
    func deadline() async throws {
        let slow = ScriptedTransport.Reply.answer(
            200, #"{"IdentityId":"\#(Stub.first)"}"#, after: .milliseconds(4_900))
        let token = ScriptedTransport.Reply.answer(
            200, #"{"IdentityId":"\#(Stub.first)","Token":"\#(Stub.openIDToken)"}"#, after: .milliseconds(2_950))
        let cognito = try CognitoFixture([slow, token, Fixture.success("AssumeRoleWithWebIdentity")])
        let failure = try await cognito.basic().failure
        #expect(failure?.kind == .timedOut)
        #expect(cognito.fixture.transport.timeouts == [.seconds(5), .milliseconds(3_100)])
        #expect(cognito.calls == ["GetId", "GetOpenIdToken"])
    }

    @Test("STS gets the time left of the exchange")
    func deadlineOfSTS() async throws {
        let slow = ScriptedTransport.Reply.answer(
            200, #"{"IdentityId":"\#(Stub.first)"}"#, after: .milliseconds(4_900))
        let cognito = try CognitoFixture([slow, Stub.openIDToken(), Fixture.success("AssumeRoleWithWebIdentity")])
        _ = try await cognito.basic().get()
        #expect(cognito.fixture.transport.timeouts == [.seconds(5), .milliseconds(3_100), .milliseconds(3_100)])
    }

    @Test("retries single calls, not the whole exchange")
    func retries() async throws {
        let cognito = try CognitoFixture([
            Stub.error("TooManyRequestsException"), Stub.identity(), Stub.error("InternalErrorException", status: 500),
            Stub.openIDToken(), Fixture.error(500, "InternalFailure"), Fixture.success("AssumeRoleWithWebIdentity"),
        ])
        _ = try await cognito.basic().get()
        #expect(
            cognito.calls == [
                "GetId", "GetId", "GetOpenIdToken", "GetOpenIdToken", "AssumeRoleWithWebIdentity",
                "AssumeRoleWithWebIdentity",
            ])
    }
}
