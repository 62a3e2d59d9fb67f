import Foundation
import Outbound
import Testing
import Vending

@testable import AWS

/// What the two exchanges send.
@Suite struct ExchangeRequestTests {
    private func form(_ body: String) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: body.split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts[1].replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
                return (String(parts[0]), value)
            })
    }

    @Test("web-identity sends the grant's role, duration, exact policy, a session name and the user's own token")
    func webIdentity() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        let credentials = try await fixture.webIdentity().get()
        #expect(credentials.accessKeyID == "ASIAEXAMPLEEXAMPLE00")
        #expect(credentials.secretAccessKey == "handed/out+secret")
        #expect(credentials.sessionToken == "handed/out+token==")
        #expect(credentials.expiration == Fixture.now.addingTimeInterval(3_600))
        #expect(
            form(fixture.transport.bodies[0]) == [
                "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15",
                "RoleArn": "arn:aws:iam::123456789012:role/Rum",
                "RoleSessionName": SessionName(
                    issuer: Issuer("https://login.example.com/"), subject: Subject(Fixture.subject)
                ).text,
                "DurationSeconds": "3600", "WebIdentityToken": Fixture.token,
                "Policy":
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/Demo_signed-in"}]}"#,
            ])
    }

    @Test("web-identity goes unsigned: no Authorization, no X-Amz-Security-Token, nothing but the form's type")
    func webIdentityUnsigned() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        _ = try await fixture.webIdentity().get()
        let request = fixture.transport.requests[0]
        #expect(request.method == .post)
        #expect(request.url == "https://sts.us-west-2.amazonaws.com/")
        #expect(request.headers.map { $0.name } == ["Content-Type"])
        #expect(request.headers[0].value == "application/x-www-form-urlencoded; charset=utf-8")
    }

    @Test("assume-role is signed and sends the guests' one session name and the guest monitor's policy")
    func assumeRole() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRole")])
        _ = try await fixture.assumeRole().get()
        let request = fixture.transport.requests[0]
        #expect(
            form(fixture.transport.bodies[0]) == [
                "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::123456789012:role/Rum",
                "RoleSessionName": "=guest.demo-store", "DurationSeconds": "3600",
                "Policy":
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/Demo_guest"}]}"#,
            ])
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        #expect(headers["Host"] == "sts.us-west-2.amazonaws.com")
        #expect(headers["X-Amz-Date"] == "20260102T030405Z")
        #expect(headers["X-Amz-Security-Token"] == "own/session==")
        let start =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-west-2/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature="
        #expect(headers["Authorization"]?.hasPrefix(start) == true)
    }

    @Test("assume-role for a user carries the user's session name and not the token")
    func assumeRoleForUser() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRole")])
        _ = try await fixture.assumeRole(Fixture.user).get()
        let body = form(fixture.transport.bodies[0])
        #expect(body["RoleSessionName"]?.hasPrefix("alice@example.com.") == true)
        #expect(body["WebIdentityToken"] == nil)
        #expect(!fixture.transport.bodies[0].contains(Fixture.token))
    }

    @Test("a custom endpoint with a path is addressed and signed as it is")
    func customEndpoint() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRole")], endpoint: "http://127.0.0.1:4566/base/")
        _ = try await fixture.assumeRole().get()
        #expect(fixture.transport.requests[0].url == "http://127.0.0.1:4566/base")
        #expect(fixture.transport.requests[0].headers.contains { $0.name == "Host" && $0.value == "127.0.0.1:4566" })
    }

    @Test("web-identity has nothing for guests, and sends nothing")
    func webIdentityForGuests() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        #expect(await fixture.webIdentity(.guests).failure?.kind == .refused)
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test("a token that STS would not take for its length is not sent", arguments: [0, 3, 20_001])
    func tokenLength(length: Int) async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        let token = String(repeating: "t", count: length)
        #expect(await fixture.webIdentity(Fixture.user(token: token)).failure?.kind == .refused)
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test("the dispatcher goes by the grant")
    func dispatcher() async throws {
        for exchange in Grant.Exchange.allCases {
            let action = exchange == .webIdentity ? "AssumeRoleWithWebIdentity" : "AssumeRole"
            let fixture = try Fixture([Fixture.success(action)])
            let dispatcher = ExchangeDispatcher(
                webIdentity: WebIdentityExchange(sts: fixture.client),
                assumeRole: AssumeRoleExchange(sts: fixture.client, own: Fixture.own))
            let request = try Fixture.request(.signedIn, exchange, Fixture.user)
            _ = try await dispatcher.exchange(request)
            #expect(fixture.transport.bodies[0].hasPrefix("Action=\(action)&"))
        }
    }
}
