// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Tokens

@testable import Sandbox

extension Harness {
    static let guestRole = "arn:aws:iam::123456789012:role/DemoStoreGuest"

    /// Signs with the broker's AWS credentials.
    var broker: RequestSigner {
        RequestSigner(
            accessKeyID: sandbox.brokerAccessKeyID, secret: sandbox.brokerSecretAccessKey, service: "sts", date: now)
    }

    func assumeRoleRequest(
        role: String? = Harness.guestRole, name: String = "guests", duration: String? = "900", policy: String? = nil,
        more: [String: String] = [:], path: String = "/", signer: RequestSigner? = nil
    ) -> SignedRequest {
        var body = form([
            "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": role, "RoleSessionName": name,
            "DurationSeconds": duration, "Policy": policy,
        ])
        for (name, value) in more { body += Array("&".utf8) + form([name: value]) }
        let request = SignedRequest(method: "POST", target: path, headers: Self.formHeaders, body: body)
        return (signer ?? broker).signed(request)
    }

    func assumeRole(
        role: String? = Harness.guestRole, name: String = "guests", duration: String? = "900", policy: String? = nil,
        more: [String: String] = [:], path: String = "/", signer: RequestSigner? = nil
    ) async throws -> Answer {
        try await send(
            assumeRoleRequest(
                role: role, name: name, duration: duration, policy: policy, more: more, path: path, signer: signer))
    }

    /// A signer with the credentials of a new guest session.
    func guestSession(policy: String? = nil) async throws -> RequestSigner {
        try session(in: await assumeRole(policy: policy))
    }

    func session(in answer: Answer) throws -> RequestSigner {
        RequestSigner(
            accessKeyID: try #require(answer.element("AccessKeyId")),
            secret: try #require(answer.element("SecretAccessKey")), sessionToken: answer.element("SessionToken"),
            service: "sts", date: now)
    }
}

extension Harness {
    func token(user: String, password: String) async throws -> Answer {
        try await send(
            "POST", "/oauth2/token", headers: Self.formHeaders,
            body: form([
                "grant_type": "password", "client_id": "demo-store", "username": user, "password": password,
            ]))
    }

    /// A new id token for alice.
    func idToken() async throws -> String {
        try #require(try await token(user: "alice", password: "wonderland").json["id_token"] as? String)
    }
}

extension Harness {
    func webIdentity(
        token: String?, role: String = "arn:aws:iam::123456789012:role/DemoStoreSignedIn", policy: String? = nil,
        replacing: [String: String] = [:]
    ) async throws -> Answer {
        var parameters = [
            "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": role,
            "RoleSessionName": "user-1", "DurationSeconds": "43200",
        ]
        parameters["Policy"] = policy
        parameters["WebIdentityToken"] = token
        parameters.merge(replacing) { $1 }
        let body = parameters.map { form([$0.key: $0.value]) }.joined(separator: Array("&".utf8))
        return try await send("POST", "/", headers: Self.formHeaders, body: Array(body))
    }

    /// A token with a valid signature of the provider. `replacing` overrides the default claims.
    func signed(_ replacing: [String: String]) throws -> String {
        var claims: [String: Any] = [
            "iss": Self.baseURL, "aud": "demo-store", "sub": "somebody", "iat": Int(now.timeIntervalSince1970),
            "exp": Int(now.timeIntervalSince1970) + 600,
        ]
        claims.merge(replacing) { $1 }
        return try sandbox.signer.sign(claims: Array(try JSONSerialization.data(withJSONObject: claims)))
    }
}
