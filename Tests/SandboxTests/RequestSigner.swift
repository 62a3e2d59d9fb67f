// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation

@testable import Sandbox

/// Signs requests for tests that do not use test vectors.
struct RequestSigner {
    var accessKeyID: String
    var secret: String
    var sessionToken: String?
    var region = "us-west-2"
    var service: String
    var date: Date

    /// Signs in header form.
    func signed(_ request: SignedRequest) -> SignedRequest {
        var request = request
        request.headers.append(("X-Amz-Date", AmazonDate.format(date)))
        if let sessionToken { request.headers.append(("X-Amz-Security-Token", sessionToken)) }
        let names = request.headers.map { $0.name.lowercased() }.sorted()
        let signature = signature(of: request, names: names)
        request.headers.append(
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(accessKeyID)/\(scope), SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"
            ))
        return request
    }

    /// Signs in query form.
    func presigned(_ request: SignedRequest, seconds: Int = 60) -> SignedRequest {
        var request = request
        var items = [
            "X-Amz-Algorithm=AWS4-HMAC-SHA256",
            "X-Amz-Credential=\(URIEncoding.encode("\(accessKeyID)/\(scope)".utf8))",
            "X-Amz-Date=\(AmazonDate.format(date))", "X-Amz-Expires=\(seconds)", "X-Amz-SignedHeaders=host",
        ]
        if let sessionToken { items.append("X-Amz-Security-Token=\(URIEncoding.encode(sessionToken.utf8))") }
        request.query = items.joined(separator: "&")
        request.query += "&X-Amz-Signature=\(signature(of: request, names: ["host"]))"
        return request
    }

    private var scope: String { "\(AmazonDate.format(date).prefix(8))/\(region)/\(service)/aws4_request" }

    private func signature(of request: SignedRequest, names: [String]) -> String {
        let canonical = ReceivedCanonicalRequest.text(of: request, signedHeaders: names) ?? ""
        let text = "AWS4-HMAC-SHA256\n\(AmazonDate.format(date))\n\(scope)\n\(SHA256.digest(canonical).hex)"
        let key = scope.split(separator: "/").reduce(Array("AWS4\(secret)".utf8)) {
            HMACSHA256.authenticate(Array($1.utf8), key: $0)
        }
        return Hex.encode(HMACSHA256.authenticate(Array(text.utf8), key: key))
    }
}
