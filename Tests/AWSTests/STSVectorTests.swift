// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Vending

@testable import AWS

/// Requests that botocore made with a frozen clock, and what it decoded from the responses.
@Suite struct STSVectorTests {
    static let names =
        (try? FileManager.default.contentsOfDirectory(
            atPath: Vectors.directory.appendingPathComponent("aws/service-requests").path))?
        .filter { $0.hasPrefix("sts-") }.sorted() ?? []

    @Test("finds all 8 STS vectors")
    func count() { #expect(Self.names.count == 8) }

    @Test("builds botocore's STS body byte for byte", arguments: names)
    func body(name: String) throws {
        let vector = try ServiceVector(name)
        #expect(String(decoding: vector.call.body, as: UTF8.self) == vector.request.body)
        #expect(String(vector.call.body.count) == vector.request.headers["Content-Length"])
    }

    @Test("signs STS calls as botocore does", arguments: names)
    func signature(name: String) throws {
        let vector = try ServiceVector(name)
        let endpoint = try #require(Endpoint(vector.request.url))
        #expect(endpoint.url + (endpoint.path.isEmpty ? "/" : "") == vector.request.url)
        guard let credentials = vector.brokerCredentials, let timestamp = vector.timestamp else {
            #expect(vector.request.headers["Authorization"] == nil)
            return
        }
        let signed = SigV4(region: vector.region, service: "sts").sign(
            SignableRequest(
                method: "POST", path: endpoint.path.isEmpty ? "/" : endpoint.path,
                headers: [("Host", endpoint.authority), ("Content-Type", STSRequest.contentType)],
                body: vector.call.body),
            credentials: credentials, date: try ServiceVector.date(timestamp))
        #expect(signed.canonicalRequest == vector.canonical_request)
        #expect(signed.stringToSign == vector.string_to_sign)
        #expect(signed.signature == vector.signature)
        let headers = Dictionary(uniqueKeysWithValues: signed.request.headers.map { ($0.name, $0.value) })
        for (name, value) in vector.request.headers where name != "Content-Length" {
            #expect(headers[name] == value, "\(name)")
        }
    }

    @Test("decodes an STS response as botocore does", arguments: names)
    func response(name: String) throws {
        let vector = try ServiceVector(name)
        let body = Array(vector.response.body.utf8)
        let expected = vector.parsed_output
        if case .getCallerIdentity = vector.call {
            let identity = try #require(GetCallerIdentityResponse(body))
            #expect(identity.account == expected.Account)
            #expect(identity.arn == expected.Arn)
            #expect(identity.userID == expected.UserId)
            return
        }
        let response = try #require(STSResponse(body, action: vector.call.action))
        #expect(response.credentials.accessKeyID == expected.Credentials?.AccessKeyId)
        #expect(response.credentials.secretAccessKey == expected.Credentials?.SecretAccessKey)
        #expect(response.credentials.sessionToken == expected.Credentials?.SessionToken)
        let expiration = try #require(expected.Credentials?.Expiration)
        #expect(
            response.credentials.expiration
                == AWSDate.parseISO8601(
                    expiration.replacingOccurrences(of: " ", with: "T").replacingOccurrences(of: "+00:00", with: "Z")))
        #expect(response.assumedRoleID == expected.AssumedRoleUser?.AssumedRoleId)
        #expect(response.assumedRoleARN == expected.AssumedRoleUser?.Arn)
        #expect(response.packedPolicySize == expected.PackedPolicySize)
        #expect(response.sourceIdentity == expected.SourceIdentity)
        #expect(response.subject?.rawValue == expected.SubjectFromWebIdentityToken)
        #expect(response.audience == expected.Audience)
        #expect(response.provider == expected.Provider)
    }
}

/// One file of `aws/service-requests`, with AWS's names.
private struct ServiceVector: Decodable {
    struct Request: Decodable {
        let url: String
        let headers: [String: String]
        let body: String
    }
    struct Keys: Decodable {
        let access_key_id: String
        let secret_access_key: String
        let session_token: String?
    }
    struct Input: Decodable {
        struct PolicyARN: Decodable { let arn: String }
        struct Tag: Decodable {
            let Key: String
            let Value: String
        }
        let RoleArn: String?
        let RoleSessionName: String?
        let DurationSeconds: Int?
        let Policy: String?
        let PolicyArns: [PolicyARN]?
        let Tags: [Tag]?
        let TransitiveTagKeys: [String]?
        let SourceIdentity: String?
        let ExternalId: String?
        let WebIdentityToken: String?
    }
    struct Response: Decodable { let body: String }
    struct Output: Decodable {
        struct Credentials: Decodable {
            let AccessKeyId: String
            let SecretAccessKey: String
            let SessionToken: String
            let Expiration: String
        }
        struct User: Decodable {
            let AssumedRoleId: String
            let Arn: String
        }
        let Credentials: Credentials?
        let AssumedRoleUser: User?
        let PackedPolicySize: Int?
        let SourceIdentity: String?
        let SubjectFromWebIdentityToken: String?
        let Audience: String?
        let Provider: String?
        let UserId: String?
        let Account: String?
        let Arn: String?
    }

    let region: String
    let operation: String
    let timestamp: String?
    let credentials: Keys?
    let request: Request
    let canonical_request: String?
    let string_to_sign: String?
    let signature: String?
    let input: Input
    let response: Response
    let parsed_output: Output

    init(_ name: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Vectors.data("aws/service-requests/\(name)"))
    }

    var brokerCredentials: SigningCredentials? {
        credentials.map {
            SigningCredentials(
                accessKeyID: $0.access_key_id, secretAccessKey: $0.secret_access_key, sessionToken: $0.session_token)
        }
    }

    var call: STSRequest {
        let session = RoleSession(
            roleARN: input.RoleArn ?? "", sessionName: input.RoleSessionName ?? "",
            durationSeconds: input.DurationSeconds, policy: input.Policy,
            policyARNs: (input.PolicyArns ?? []).map(\.arn))
        return switch operation {
        case "assume_role":
            .assumeRole(
                session,
                AssumeRoleOptions(
                    tags: (input.Tags ?? []).map { ($0.Key, $0.Value) },
                    transitiveTagKeys: input.TransitiveTagKeys ?? [], sourceIdentity: input.SourceIdentity,
                    externalID: input.ExternalId))
        case "assume_role_with_web_identity":
            .assumeRoleWithWebIdentity(session, token: WebIdentityToken(input.WebIdentityToken ?? ""))
        default: .getCallerIdentity
        }
    }

    /// `20260102T030405Z`
    static func date(_ text: String) throws -> Date {
        let digits = Array(text)
        let iso =
            "\(String(digits[0..<4]))-\(String(digits[4..<6]))-\(String(digits[6..<8]))T\(String(digits[9..<11])):\(String(digits[11..<13])):\(String(digits[13..<15]))Z"
        return try #require(AWSDate.parseISO8601(iso))
    }
}
