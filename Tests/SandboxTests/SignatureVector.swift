// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

@testable import Sandbox

/// The signed request of one case of the test vectors `sigv4/aws-c-auth-v4`.
struct SignatureVector {
    struct Context: Decodable {
        struct Credentials: Decodable {
            let accessKeyId: String
            let secretAccessKey: String
            let token: String?
        }
        let credentials: Credentials
        let region: String
        let service: String
        let normalize: Bool
        let timestamp: Date
        let omitSessionToken: Bool?
    }

    let context: Context
    let request: SignedRequest
    /// Whether the session token was added after signing, and removed here.
    let withoutToken: Bool

    /// - Parameter keepingUnsignedToken: whether to keep a token that was added after signing. Some services accept
    ///   one; AWS's STS and RUM do not, so by default it is removed.
    init(_ name: String, form: String, keepingUnsignedToken: Bool = false) throws {
        let folder = "sigv4/aws-c-auth-v4/\(name)"
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        context = try decoder.decode(Context.self, from: Vectors.data("\(folder)/context.json"))
        let data = try Vectors.data("\(folder)/\(form)-signed-request.txt")
        var request = Self.parse(String(decoding: data, as: UTF8.self))
        withoutToken = context.omitSessionToken == true && !keepingUnsignedToken
        if withoutToken {
            request.headers.removeAll { $0.name.lowercased() == "x-amz-security-token" }
            request.query = request.query.split(separator: "&").filter { !$0.hasPrefix("X-Amz-Security-Token") }
                .joined(separator: "&")
        }
        self.request = request
    }

    func verify(_ request: SignedRequest, secret: String? = nil) throws -> String {
        let verifier = SignatureVerifier(
            region: context.region, service: context.service, normalizesPath: context.normalize)
        let key = SigningKey(
            secretAccessKey: secret ?? context.credentials.secretAccessKey,
            sessionToken: withoutToken ? nil : context.credentials.token, expiration: nil, holder: "holder")
        return try verifier.verify(request, at: context.timestamp) {
            $0 == context.credentials.accessKeyId ? key : nil
        }
    }

    var changes: [(String, (inout SignedRequest) -> Void)] {
        [
            ("method", { $0.method = "PUT" }),
            ("path", { $0.path += "x" }),
            ("query", { $0.query += $0.query.isEmpty ? "x=y" : "&x=y" }),
            ("body", { $0.body.append(0x20) }),
            (
                "host",
                { request in
                    for index in request.headers.indices where request.headers[index].name.lowercased() == "host" {
                        request.headers[index].value += "m"
                    }
                }
            ),
            (
                "signature",
                { request in
                    func flipped(_ text: String) -> String {
                        let last = text.hasSuffix("0") ? "1" : "0"
                        return String(text.dropLast()) + last
                    }
                    for index in request.headers.indices
                    where request.headers[index].name.lowercased() == "authorization" {
                        request.headers[index].value = flipped(request.headers[index].value)
                    }
                    if request.query.contains("X-Amz-Signature") { request.query = flipped(request.query) }
                }
            ),
        ]
    }

    private static func parse(_ text: String) -> SignedRequest {
        let parts = text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n\n")
        var lines = parts[0].components(separatedBy: "\n")
        let start = lines.removeFirst()
        let method = start.prefix { $0 != " " }
        let target = start.dropFirst(method.count + 1).dropLast(" HTTP/1.1".count)
        var headers: [(name: String, value: String)] = []
        for line in lines where !line.isEmpty {
            if line.hasPrefix(" ") {
                headers[headers.count - 1].value += "\n" + line
            } else {
                let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                headers.append((String(pair[0]), String(pair[1])))
            }
        }
        let body = parts.count > 1 ? parts[1] : ""
        return SignedRequest(
            method: String(method), target: String(target), headers: headers, body: Array(body.utf8))
    }
}
