// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import Synchronization
import Testing
import Vending

@testable import AWS

/// The requests of the exchanges.
@Suite struct ExchangeRequestTests {
    private func form(_ body: String) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: body.split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts[1].replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
                return (String(parts[0]), value)
            })
    }

    @Test("web-identity sends the grant's role, duration and exact policy, a session name and the user's token")
    func webIdentity() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        let credentials = try await fixture.webIdentity().get()
        #expect(credentials.accessKeyID == "ASIAEXAMPLEEXAMPLE00")
        #expect(credentials.secretAccessKey == "issued/to+secret")
        #expect(credentials.sessionToken == "issued/to+token==")
        #expect(credentials.expiration == Fixture.now.addingTimeInterval(3_600))
        #expect(
            form(fixture.transport.bodies[0]) == [
                "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15",
                "RoleArn": "arn:aws:iam::123456789012:role/Rum",
                "RoleSessionName": Fixture.pseudonyms.pseudonym(Fixture.issuer, Subject(Fixture.subject)).text,
                "DurationSeconds": "3600", "WebIdentityToken": Fixture.token,
                "Policy":
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/Demo_signed-in"}]}"#,
            ])
    }

    @Test("web-identity is unsigned: its only header field is Content-Type")
    func webIdentityUnsigned() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        _ = try await fixture.webIdentity().get()
        let request = fixture.transport.requests[0]
        #expect(request.method == .post)
        #expect(request.url == "https://sts.us-west-2.amazonaws.com/")
        #expect(request.headers.map { $0.name } == ["Content-Type"])
        #expect(request.headers[0].value == "application/x-www-form-urlencoded; charset=utf-8")
    }

    @Test("assume-role is signed and sends the guests' session name and the guest monitor's policy")
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

    @Test("assume-role for a user sends the user's session name and not the token")
    func assumeRoleForUser() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRole")])
        _ = try await fixture.assumeRole(Fixture.user).get()
        let body = form(fixture.transport.bodies[0])
        #expect(
            body["RoleSessionName"] == Fixture.pseudonyms.pseudonym(Fixture.issuer, Subject(Fixture.subject)).text)
        #expect(!fixture.transport.bodies[0].contains("alice"))
        #expect(body["WebIdentityToken"] == nil)
        #expect(!fixture.transport.bodies[0].contains(Fixture.token))
    }

    @Test("keeps the path of a custom STS endpoint in URL and signature")
    func customEndpoint() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRole")], endpoint: "http://127.0.0.1:4566/base/")
        _ = try await fixture.assumeRole().get()
        #expect(fixture.transport.requests[0].url == "http://127.0.0.1:4566/base")
        #expect(fixture.transport.requests[0].headers.contains { $0.name == "Host" && $0.value == "127.0.0.1:4566" })
    }

    @Test("web-identity refuses guests and sends nothing")
    func webIdentityForGuests() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        #expect(await fixture.webIdentity(.guests).failure?.kind == .refused)
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test("does not send a token whose length STS rejects", arguments: [0, 3, 20_001])
    func tokenLength(length: Int) async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        let token = String(repeating: "t", count: length)
        #expect(await fixture.webIdentity(Fixture.user(token: token)).failure?.kind == .refused)
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test("the session name contains the subject in clear if the grant requires it")
    func clear() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")])
        _ = try await fixture.webIdentity(attribution: Attribution(naming: .clear)).get()
        #expect(form(fixture.transport.bodies[0])["RoleSessionName"]?.hasPrefix("alice@example.com.") == true)
    }

    @Test("assume-role sends the grant's tags, transitive keys, source identity and external id")
    func attributes() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRole")])
        let (team, absent) = (ClaimPath(["org", "team"])!, ClaimPath(["absent"])!)
        let attribution = Attribution(
            sourceIdentity: true,
            tags: [
                SessionTagRule(key: "app", source: .app)!, SessionTagRule(key: "idp", source: .issuer)!,
                SessionTagRule(key: "Team", source: .claim(team))!,
                SessionTagRule(key: "none", source: .claim(absent))!,
            ], transitiveTagKeys: ["app", "none"])
        let user = Fixture.user(claims: [team: .string("Größe 7")])
        _ = try await fixture.assumeRole(user, externalID: "ext-1", attribution: attribution).get()
        let pseudonym = Fixture.pseudonyms.pseudonym(Fixture.issuer, Subject(Fixture.subject)).text
        let sent = form(fixture.transport.bodies[0]).filter { !["Action", "Version", "Policy"].contains($0.key) }
        #expect(
            sent == [
                "RoleArn": Fixture.role, "RoleSessionName": pseudonym, "DurationSeconds": "3600",
                "SourceIdentity": pseudonym, "ExternalId": "ext-1",
                "Tags.member.1.Key": "app", "Tags.member.1.Value": "demo-store",
                "Tags.member.2.Key": "idp", "Tags.member.2.Value": "https://login.example.com/",
                "Tags.member.3.Key": "Team", "Tags.member.3.Value": "Größe 7", "TransitiveTagKeys.member.1": "app",
            ])
    }

    @Test(
        "refuses a claim that is not a legal tag value, and sends nothing",
        arguments: ["a\"b", String(repeating: "x", count: 257)])
    func unfitTag(value: String) async throws {
        let fixture = try Fixture([Fixture.success("AssumeRole")])
        let path = ClaimPath(["team"])!
        let attribution = Attribution(tags: [SessionTagRule(key: "team", source: .claim(path))!])
        let failure = await fixture.assumeRole(
            Fixture.user(claims: [path: .string(value)]), attribution: attribution
        ).failure
        #expect(failure?.kind == .refused)
        #expect(failure?.detail.contains(value) == false)
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test("a guest has no source identity, and a visitor has a separate session name")
    func visitor() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRole")])
        _ = try await fixture.assumeRole(
            .visitor("0123456789abcdef0123456789abcdef"), attribution: Attribution(sourceIdentity: true)
        ).get()
        let body = form(fixture.transport.bodies[0])
        #expect(body["RoleSessionName"] == "=visitor.0123456789abcdef0123456789abcdef")
        #expect(body["SourceIdentity"] == nil)
    }

    @Test("minted sends one token that Purser signed per exchange, unsigned and without the user's token")
    func minted() async throws {
        let minter = CountingMinter()
        let fixture = try Fixture([
            Fixture.error(500, "InternalFailure"), Fixture.success("AssumeRoleWithWebIdentity"),
        ])
        let attribution = Attribution(
            sourceIdentity: true, tags: [SessionTagRule(key: "app", source: .app)!], transitiveTagKeys: ["app"])
        let request = try Fixture.request(
            .signedIn, .minted(role: Fixture.role), Fixture.user, attribution: attribution)
        _ = try await Fixture.outcome(fixture.dispatcher(minter: minter), request).get()
        let pseudonym = Fixture.pseudonyms.pseudonym(Fixture.issuer, Subject(Fixture.subject)).text
        let body = form(fixture.transport.bodies[1])
        #expect(body["WebIdentityToken"] == "minted-1")
        #expect(body["RoleSessionName"] == pseudonym)
        #expect(body["Tags.member.1.Key"] == nil && body["SourceIdentity"] == nil)
        #expect(fixture.transport.requests[1].headers.map(\.name) == ["Content-Type"])
        let claims = try #require(minter.minted.withLock { $0 }.first)
        #expect(minter.minted.withLock { $0.count } == 1)
        #expect(claims.subject == pseudonym && claims.sourceIdentity == pseudonym)
        #expect(claims.tags.map(\.key) == ["app"] && claims.transitiveTagKeys == ["app"])
    }

    @Test("refuses minted if Purser is not an issuer")
    func noIssuer() async throws {
        let fixture = try Fixture([])
        let request = try Fixture.request(.signedIn, .minted(role: Fixture.role), Fixture.user)
        #expect(await Fixture.outcome(fixture.dispatcher(), request).failure?.kind == .refused)
    }
}

private final class CountingMinter: TokenMinter {
    let minted = Mutex<[MintedClaims]>([])

    func mint(_ claims: MintedClaims) throws(ExchangeError) -> WebIdentityToken {
        let count = minted.withLock { minted in
            minted.append(claims)
            return minted.count
        }
        return WebIdentityToken("minted-\(count)")
    }
}
