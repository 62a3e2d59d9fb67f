// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Vending

@testable import AWS

/// PutRumEvents as botocore sends it. The web client, and so Purser, leaves out the slash at the path's end and signs
/// the body's hash as a header field; all else is the same.
@Suite struct RUMVectorTests {
    private struct Vector: Decodable {
        struct Credentials: Decodable {
            let access_key_id: String
            let secret_access_key: String
            let session_token: String?
        }

        struct Request: Decodable {
            let method: String
            let url: String
            let headers: [String: String]
            let body: String
        }

        let region: String
        let timestamp: String
        let credentials: Credentials
        let request: Request
        let canonical_request: String
        let string_to_sign: String
        let signature: String
    }

    static let names = ["", "-dualstack", "-fips", "-gov"].map { "rum-put-rum-events\($0).json" }

    @Test("signs PutRumEvents as botocore does", arguments: names)
    func signature(name: String) throws {
        let vector = try JSONDecoder().decode(Vector.self, from: Vectors.data("aws/service-requests/\(name)"))
        #expect(vector.timestamp == "20260102T030405Z")
        let endpoint = try #require(Endpoint(vector.request.url))
        let id = try #require(endpoint.path.split(separator: "/").last)
        let base = try #require(Endpoint(String(endpoint.url.dropLast("/appmonitors/\(id)".count))))
        let batch = Batch(body: Array(vector.request.body.utf8), contentType: "application/json", isGzipped: false)
        let monitor = AppMonitor(
            name: "Shop", id: String(id), region: vector.region, account: "123456789012", partition: "aws",
            endpoint: base.url)
        var signable = PutRumEventsRequest(batch, to: monitor, at: base).signable
        #expect(signable.method == vector.request.method)
        signable.path += "/"
        let signed = SigV4(region: vector.region, service: "rum").sign(
            signable,
            credentials: SigningCredentials(
                accessKeyID: vector.credentials.access_key_id, secretAccessKey: vector.credentials.secret_access_key,
                sessionToken: vector.credentials.session_token), date: Fixture.now)
        #expect(signed.canonicalRequest == vector.canonical_request)
        #expect(signed.stringToSign == vector.string_to_sign)
        #expect(signed.signature == vector.signature)
        let headers = Dictionary(uniqueKeysWithValues: signed.request.headers.map { ($0.name, $0.value) })
        #expect(headers["Authorization"] == vector.request.headers["Authorization"])
    }
}
