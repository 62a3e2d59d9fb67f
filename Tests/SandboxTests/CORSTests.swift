// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import Sandbox

@Suite("CORS of the sandbox")
struct CORSTests {
    @Test(
        "preflights allow every header that the RUM web client sends",
        arguments: [
            "/appmonitors/c80b3d94-27e6-4f15-b3c2-6e9a4d1f8b07", "/oauth2/token", "/", "/nowhere",
        ])
    func preflight(path: String) async throws {
        let answer = try await Harness().send(
            "OPTIONS", path,
            headers: [("Origin", "https://shop.example.com"), ("Access-Control-Request-Method", "POST")])
        #expect(answer.status == 204)
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
        let allowed = answer.headers[.accessControlAllowHeaders] ?? ""
        for name in [
            "authorization", "content-type", "content-encoding", "x-amz-date", "x-amz-security-token",
            "x-amz-content-sha256",
        ] {
            #expect(allowed.split(separator: ", ").contains(Substring(name)))
        }
        #expect(answer.headers[.accessControlAllowMethods]?.contains("POST") == true)
        #expect(answer.headers[.accessControlAllowCredentials] == nil)
    }

    @Test("error responses have CORS headers too")
    func errors() async throws {
        let answer = try await Harness().send("GET", "/nowhere")
        #expect(answer.status == 404)
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
    }
}
