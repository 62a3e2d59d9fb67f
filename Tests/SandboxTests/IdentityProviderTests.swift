// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import HTTPTypes
import StrictJSON
import Testing
import Tokens

@testable import Sandbox

@Suite("Identity provider")
struct IdentityProviderTests {
    let harness: Harness

    init() throws {
        harness = try Harness()
    }

    @Test("discovery has the sandbox's address as issuer and in every endpoint")
    func discovery() async throws {
        let answer = try await harness.send("GET", "/.well-known/openid-configuration")
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/json")
        let json = try answer.json
        #expect(json["issuer"] as? String == "http://127.0.0.1:8090")
        #expect(json["jwks_uri"] as? String == "http://127.0.0.1:8090/jwks.json")
        #expect(json["token_endpoint"] as? String == "http://127.0.0.1:8090/oauth2/token")
        #expect(json["grant_types_supported"] as? [String] == ["password", "refresh_token"])
        #expect(json["id_token_signing_alg_values_supported"] as? [String] == ["ES256"])
    }

    @Test("the key set has one public ES256 key and no private key")
    func keySet() async throws {
        let answer = try await harness.send("GET", "/jwks.json")
        #expect(answer.status == 200)
        let keys = try #require(try answer.json["keys"] as? [[String: String]])
        #expect(keys.count == 1)
        #expect(keys[0]["kty"] == "EC")
        #expect(keys[0]["crv"] == "P-256")
        #expect(keys[0]["alg"] == "ES256")
        #expect(keys[0]["d"] == nil)
    }

    @Test("the password grant issues an id token of that user", arguments: ["alice", "bob"])
    func passwordGrant(name: String) async throws {
        let user = try #require(SandboxConfiguration.demo.users.first { $0.name == name })
        let answer = try await harness.token(user: name, password: user.password)
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
        let json = try answer.json
        #expect(json["token_type"] as? String == "Bearer")
        #expect(json["expires_in"] as? Int == 3_600)
        #expect((json["access_token"] as? String)?.isEmpty == false)
        let parts = try #require(json["id_token"] as? String).split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        let claims = try JSONValue.parse(try #require(Base64URL.decode(parts[1]))).object
        let now = Int(Harness.start.timeIntervalSince1970)
        #expect(claims?["iss"]?.string == Harness.baseURL)
        #expect(claims?["aud"]?.string == "demo-store")
        #expect(claims?["sub"]?.string == user.subject)
        #expect(claims?["iat"]?.int == now)
        #expect(claims?["auth_time"]?.int == now)
        #expect(claims?["exp"]?.int == now + 3_600)
        #expect(claims?["email"]?.string == user.email)
        let header = try JSONValue.parse(try #require(Base64URL.decode(parts[0]))).object
        #expect(header?["alg"]?.string == "ES256")
        let keys = try await harness.send("GET", "/jwks.json").json["keys"] as? [[String: String]]
        #expect(header?["kid"]?.string == keys?.first?["kid"])
    }

    @Test("the lifetime of an id token is configurable")
    func lifetime() async throws {
        var configuration = SandboxConfiguration.demo
        configuration.tokenLifetime = 60
        let answer = try await Harness(configuration).token(user: "alice", password: "wonderland")
        #expect(try answer.json["expires_in"] as? Int == 60)
    }

    @Test("a refresh token is valid once and keeps the sign-in's auth_time")
    func refresh() async throws {
        func refresh(_ token: String) async throws -> Harness.Answer {
            try await harness.send(
                "POST", "/oauth2/token", headers: Harness.formHeaders,
                body: harness.form([
                    "grant_type": "refresh_token", "client_id": "demo-store", "refresh_token": token,
                ]))
        }
        let first = try await harness.token(user: "bob", password: "builder").json
        let token = try #require(first["refresh_token"] as? String)
        harness.advance(by: 100)
        let second = try await refresh(token).json
        let idToken = try #require(second["id_token"] as? String)
        let payload = try #require(Base64URL.decode(String(idToken.split(separator: ".")[1])))
        let claims = try JSONValue.parse(payload).object
        let start = Int(Harness.start.timeIntervalSince1970)
        #expect(claims?["sub"]?.string == SandboxConfiguration.demo.users[1].subject)
        #expect(claims?["iat"]?.int == start + 100)
        #expect(claims?["auth_time"]?.int == start)
        #expect(try await refresh(token).json["error"] as? String == "invalid_grant")
        #expect(try await refresh(try #require(second["refresh_token"] as? String)).status == 200)
    }

    @Test("evicts the oldest refresh token at capacity")
    func refreshTokensAreBounded() {
        let tokens = RefreshTokens(capacity: 2, random: systemRandomBytes)
        let signIns = (0..<3).map { RefreshTokens.SignIn(user: "alice", time: $0) }
        let issued = signIns.map { tokens.issue(for: $0) }
        #expect(issued.map { tokens.redeem($0) } == [nil, signIns[1], signIns[2]])
    }

    static let rejected: [(String, String)] = [
        ("grant_type=password&client_id=demo-store&username=alice&password=builder", "invalid_grant"),
        ("grant_type=password&client_id=demo-store&username=alice&password=", "invalid_grant"),
        ("grant_type=password&client_id=demo-store&username=carol&password=wonderland", "invalid_grant"),
        ("grant_type=password&client_id=demo-store&username=Alice&password=wonderland", "invalid_grant"),
        ("grant_type=password&client_id=demo-store&username=alice", "invalid_request"),
        ("grant_type=password&client_id=demo-store&password=wonderland", "invalid_request"),
        ("client_id=demo-store&username=alice&password=wonderland", "invalid_request"),
        ("grant_type=password&grant_type=password&client_id=demo-store", "invalid_request"),
        ("grant_type=pass%zzword", "invalid_request"), ("", "invalid_request"),
        ("grant_type=password&username=alice&password=wonderland", "invalid_client"),
        ("grant_type=password&client_id=other&username=alice&password=wonderland", "invalid_client"),
        (
            "grant_type=password&client_id=demo-store&client_secret=x&username=alice&password=wonderland",
            "invalid_client"
        ),
        ("grant_type=refresh_token&client_id=demo-store", "invalid_request"),
        ("grant_type=refresh_token&client_id=demo-store&refresh_token=x", "invalid_grant"),
        ("grant_type=client_credentials&client_id=demo-store", "unsupported_grant_type"),
        ("grant_type=Password&client_id=demo-store&username=alice&password=wonderland", "unsupported_grant_type"),
    ]

    @Test("rejects an invalid token request with the error code of RFC 6749", arguments: rejected)
    func rejects(body: String, error: String) async throws {
        let answer = try await harness.send(
            "POST", "/oauth2/token", headers: Harness.formHeaders, body: Array(body.utf8))
        #expect(answer.status == 400)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(try answer.json["error"] as? String == error)
    }

    @Test("rejects a token request in JSON as invalid_request")
    func contentType() async throws {
        let answer = try await harness.send(
            "POST", "/oauth2/token", headers: [("Content-Type", "application/json")], body: Array("{}".utf8))
        #expect(try answer.json["error"] as? String == "invalid_request")
    }

    @Test("rejects a client that authenticates by header with 401 and a challenge")
    func clientAuthentication() async throws {
        let answer = try await harness.send(
            "POST", "/oauth2/token", headers: Harness.formHeaders + [("Authorization", "Basic ZGVtby1zdG9yZTp4")],
            body: Array("grant_type=password&username=alice&password=wonderland".utf8))
        #expect(answer.status == 401)
        #expect(answer.headers[.wwwAuthenticate] != nil)
        #expect(try answer.json["error"] as? String == "invalid_client")
    }

    @Test("rejects a token request with a body over 8 KiB")
    func tooLarge() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "a"), count: (8 << 10) + 1)
        #expect(
            try await harness.send("POST", "/oauth2/token", headers: Harness.formHeaders, body: body).status == 413)
    }
}
