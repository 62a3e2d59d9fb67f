// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import TestSupport
import Testing
import Vending

@testable import AWS

/// Requests that botocore made, and what it decoded from the responses.
@Suite struct CognitoVectorTests {
    static let names =
        (try? FileManager.default.contentsOfDirectory(
            atPath: Vectors.directory.appendingPathComponent("aws/service-requests").path))?
        .filter { $0.hasPrefix("cognito-") }.sorted() ?? []

    @Test("finds all 4 Cognito vectors")
    func count() { #expect(Self.names.count == 4) }

    @Test("sends botocore's Cognito request byte for byte, unsigned", arguments: names)
    func request(name: String) async throws {
        let vector = try CognitoVector(name)
        let transport = ScriptedTransport([.answer(200, vector.response.body)])
        let url = try #require(Endpoint(vector.request.url))
        let client = CognitoClient(endpoint: url, transport: transport, guards: .fixture(), now: { Fixture.now })
        _ = try? await client.response(
            to: vector.call, within: .seconds(1), for: .user(), as: AnyResponse.self)
        let request = try #require(transport.requests.first)
        #expect(transport.bodies.first == vector.request.body)
        #expect(request.url == vector.request.url)
        #expect(request.method.rawValue == vector.request.method)
        var headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        headers["Content-Length"] = String(request.body.count)
        #expect(headers == vector.request.headers)
    }

    @Test("decodes a Cognito response as botocore does", arguments: names)
    func response(name: String) throws {
        let vector = try CognitoVector(name)
        let body = Array(vector.response.body.utf8)
        let expected = vector.parsed_output
        switch vector.call {
        case .getID:
            #expect(GetIDResponse(body, requestID: nil, received: nil)?.identity.text == expected.IdentityId)
        case .getOpenIDToken:
            let response = try #require(GetOpenIDTokenResponse(body, requestID: nil, received: nil))
            #expect(response.identity.text == expected.IdentityId)
            #expect(response.token.rawValue == expected.Token)
        case .getCredentialsForIdentity:
            let response = try #require(GetCredentialsForIdentityResponse(body, requestID: nil, received: nil))
            #expect(response.identity.text == expected.IdentityId)
            #expect(response.credentials.accessKeyID == expected.Credentials?.AccessKeyId)
            #expect(response.credentials.secretAccessKey == expected.Credentials?.SecretKey)
            #expect(response.credentials.sessionToken == expected.Credentials?.SessionToken)
            let expiration = try #require(expected.Credentials?.Expiration)
                .replacingOccurrences(of: " ", with: "T").replacingOccurrences(of: "+00:00", with: "Z")
            #expect(response.credentials.expiration == AWSDate.parseISO8601(expiration))
        }
    }
}

/// Accepts any response, because these tests are about the request.
private struct AnyResponse: CognitoResponse {
    init?(_ body: [UInt8], requestID: String?, received: Date?) {}
    func problem(at now: Date) -> String? { nil }
}

/// One file of `aws/service-requests`, with AWS's names.
private struct CognitoVector: Decodable {
    struct Request: Decodable {
        let method: String
        let url: String
        let headers: [String: String]
        let body: String
    }
    struct Input: Decodable {
        let IdentityPoolId: String?
        let AccountId: String?
        let IdentityId: String?
        let Logins: [String: String]?
        let CustomRoleArn: String?
    }
    struct Response: Decodable { let body: String }
    struct Output: Decodable {
        struct Credentials: Decodable {
            let AccessKeyId: String
            let SecretKey: String
            let SessionToken: String
            let Expiration: String
        }
        let IdentityId: String
        let Token: String?
        let Credentials: Credentials?
    }

    let request: Request
    let response: Response
    let parsed_output: Output
    let call: CognitoRequest

    private enum CodingKeys: String, CodingKey { case request, response, parsed_output, operation, input }

    init(_ name: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Vectors.data("aws/service-requests/\(name)"))
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        request = try container.decode(Request.self, forKey: .request)
        response = try container.decode(Response.self, forKey: .response)
        parsed_output = try container.decode(Output.self, forKey: .parsed_output)
        let input = try container.decode(Input.self, forKey: .input)
        let login = input.Logins?.first.map { CognitoLogin(provider: $0.key, token: WebIdentityToken($0.value)) }
        let identity = input.IdentityId.flatMap { IdentityID($0) }
        switch (try container.decode(String.self, forKey: .operation), identity) {
        case ("get_id", nil):
            call = .getID(pool: input.IdentityPoolId ?? "", accountID: input.AccountId, login: login)
        case ("get_open_id_token", let identity?): call = .getOpenIDToken(identity: identity, login: login)
        case ("get_credentials_for_identity", let identity?):
            call = .getCredentialsForIdentity(
                identity: identity, login: login, customRoleARN: input.CustomRoleArn)
        default:
            throw DecodingError.dataCorruptedError(forKey: .operation, in: container, debugDescription: "unknown")
        }
    }
}
