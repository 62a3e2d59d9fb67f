// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

@testable import Sandbox

/// One request of the test vectors `aws/service-requests`, signed by botocore.
struct ServiceRequest: Decodable, Sendable, CustomStringConvertible {
    struct Credentials: Decodable {
        let accessKeyId: String
        let secretAccessKey: String
        let sessionToken: String?
    }
    struct Request: Decodable {
        let method: String
        let url: String
        let headers: [String: String]
        let body: String
    }

    let name: String
    let service: String
    let region: String
    let timestamp: String
    let credentials: Credentials
    let request: Request

    static let names = [
        "rum-put-rum-events", "rum-put-rum-events-dualstack", "rum-put-rum-events-fips", "rum-put-rum-events-gov",
        "sts-assume-role-cn", "sts-assume-role-fips", "sts-assume-role-custom-endpoint-port",
        "sts-assume-role-dualstack",
        "sts-assume-role-longterm-eu-west-1", "sts-assume-role-session-token",
    ]

    static var all: [ServiceRequest] {
        get throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try names.map {
                try decoder.decode(ServiceRequest.self, from: Vectors.data("aws/service-requests/\($0).json"))
            }
        }
    }

    var description: String { name }

    var signed: SignedRequest {
        let rest = request.url.drop { $0 != ":" }.dropFirst(3)
        let host = rest.prefix { $0 != "/" }
        return SignedRequest(
            method: request.method, target: String(rest.dropFirst(host.count)),
            headers: [("Host", String(host))] + request.headers.map { ($0.key, $0.value) },
            body: Array(request.body.utf8))
    }

    func verify(_ signed: SignedRequest) throws -> String {
        let key = SigningKey(
            secretAccessKey: credentials.secretAccessKey, sessionToken: credentials.sessionToken, expiration: nil,
            holder: "holder")
        return try SignatureVerifier(region: region, service: service).verify(
            signed, at: AmazonDate.parse(timestamp) ?? .distantPast
        ) { $0 == credentials.accessKeyId ? key : nil }
    }
}
