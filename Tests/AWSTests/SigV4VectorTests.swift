// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import AWS

/// awslabs/aws-c-auth's vectors for header and query signing, byte for byte.
@Suite struct SigV4VectorTests {
    static let cases =
        (try? FileManager.default.contentsOfDirectory(
            atPath: Vectors.directory.appendingPathComponent("sigv4/aws-c-auth-v4").path))?.sorted() ?? []

    @Test("finds all 38 SigV4 vectors")
    func count() {
        #expect(Self.cases.count == 38)
        print("SigV4: \(Self.cases.count) cases, \(Self.cases.count * 2) signatures")
    }

    @Test(
        "header signing matches the vector's canonical request, string to sign, signature and request", arguments: cases
    )
    func headerSigning(name: String) throws {
        let context = try SigningCase(name)
        let signed = context.signer.sign(context.request, credentials: context.credentials, date: context.date)
        #expect(signed.canonicalRequest == context.expected("header-canonical-request"))
        #expect(signed.stringToSign == context.expected("header-string-to-sign"))
        #expect(signed.signature == context.expected("header-signature"))
        #expect(wire(signed.request) == context.expected("header-signed-request"))
    }

    @Test(
        "query signing matches the vector's canonical request, string to sign, signature and request", arguments: cases)
    func querySigning(name: String) throws {
        let context = try SigningCase(name)
        let signed = context.signer.presign(
            context.request, credentials: context.credentials, date: context.date, expiration: context.expiration)
        #expect(signed.canonicalRequest == context.expected("query-canonical-request"))
        #expect(signed.stringToSign == context.expected("query-string-to-sign"))
        #expect(signed.signature == context.expected("query-signature"))
        #expect(wire(signed.request) == context.expected("query-signed-request"))
    }

    /// The request in the format of the vector files.
    private func wire(_ request: SignableRequest) -> String {
        let target = request.path + (request.query.map { "?\($0)" } ?? "")
        let headers = request.headers.map { "\($0.name):\($0.value)\n" }.joined()
        return "\(request.method) \(target) HTTP/1.1\n\(headers)\n" + String(decoding: request.body, as: UTF8.self)
    }
}

private struct SigningCase {
    let signer: SigV4
    let credentials: SigningCredentials
    let date: Date
    let expiration: Int
    let request: SignableRequest
    private let path: String

    private struct Context: Decodable {
        struct Credentials: Decodable {
            let access_key_id: String
            let secret_access_key: String
            let token: String?
        }
        let credentials: Credentials
        let expiration_in_seconds: Int
        let normalize: Bool
        let region: String
        let service: String
        let sign_body: Bool
        let timestamp: String
        let omit_session_token: Bool?
    }

    init(_ name: String) throws {
        path = "sigv4/aws-c-auth-v4/\(name)"
        let context = try JSONDecoder().decode(Context.self, from: Vectors.data("\(path)/context.json"))
        var signer = SigV4(region: context.region, service: context.service)
        signer.normalizesPath = context.normalize
        signer.addsContentHash = context.sign_body
        signer.signsSessionToken = !(context.omit_session_token ?? false)
        self.signer = signer
        credentials = SigningCredentials(
            accessKeyID: context.credentials.access_key_id, secretAccessKey: context.credentials.secret_access_key,
            sessionToken: context.credentials.token)
        date = try #require(AWSDate.parseISO8601(context.timestamp))
        expiration = context.expiration_in_seconds
        request = try Self.parse(String(decoding: Vectors.data("\(path)/request.txt"), as: UTF8.self))
    }

    func expected(_ file: String) -> String? {
        (try? Vectors.data("\(path)/\(file).txt")).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func parse(_ text: String) throws -> SignableRequest {
        let parts = text.split(separator: "\n\n", maxSplits: 1)
        var lines = parts[0].split(separator: "\n")
        let start = lines.removeFirst()
        let method = start.prefix { $0 != " " }
        let target = start.dropFirst(method.count + 1).dropLast(" HTTP/1.1".count)
        let question = target.firstIndex(of: "?")
        var headers: [(name: String, value: String)] = []
        for line in lines {
            if line.hasPrefix(" ") {
                headers[headers.count - 1].value += "\n\(line)"
            } else {
                let colon = try #require(line.firstIndex(of: ":"))
                headers.append((String(line[..<colon]), String(line[line.index(after: colon)...])))
            }
        }
        return SignableRequest(
            method: String(method), path: String(target[..<(question ?? target.endIndex)]),
            query: question.map { String(target[target.index(after: $0)...]) }, headers: headers,
            body: parts.count > 1 ? Array(parts[1].utf8) : [])
    }
}
