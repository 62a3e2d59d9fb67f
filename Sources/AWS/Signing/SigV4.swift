// SPDX-License-Identifier: Apache-2.0

import Cryptography
import FoundationEssentials

/// AWS Signature Version 4 with HMAC-SHA256, for one service in one Region ("Create a signed AWS API request", IAM
/// User Guide; the steps below use its names).
struct SigV4: Sendable {
    let region: String
    let service: String
    /// Remove dot segments and doubled slashes from the canonical path; every service except S3 does.
    var normalizesPath = true
    /// Add `x-amz-content-sha256` to signed headers; STS and RUM don't need it.
    var addsContentHash = false
    /// Sign the session token like any other header or parameter; otherwise it is added unsigned.
    var signsSessionToken = true

    init(region: String, service: String) {
        self.region = region
        self.service = service
    }

    /// A signed request with the intermediate results, which AWS reports when a signature does not match.
    struct Signed: Sendable {
        let request: SignableRequest
        let canonicalRequest: String
        let stringToSign: String
        /// 64 lower-case hexadecimal digits.
        let signature: String
    }

    /// The request with `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization`.
    func sign(_ request: SignableRequest, credentials: SigningCredentials, date: Date) -> Signed {
        var output = request
        let token = credentials.sessionToken.map { ("X-Amz-Security-Token", $0) }
        if let token, signsSessionToken { output.headers.append(token) }
        output.headers.append(("X-Amz-Date", AWSDate.timestamp(date)))
        if addsContentHash {
            output.headers.append(("x-amz-content-sha256", SHA256.digest(request.body).hex))
        }
        let canonical = CanonicalRequest(output, normalizingPath: normalizesPath)
        let stringToSign = stringToSign(canonical, date: date)
        let signature = signature(stringToSign, secret: credentials.secretAccessKey, date: date)
        if let token, !signsSessionToken {
            // Next to the date, at the position of a signed token.
            output.headers.insert(token, at: request.headers.count)
        }
        let credential = "\(credentials.accessKeyID)/\(scope(date))"
        output.headers.append(
            (
                "Authorization",
                "\(Self.algorithm) Credential=\(credential), SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
            ))
        return Signed(
            request: output, canonicalRequest: canonical.text, stringToSign: stringToSign, signature: signature)
    }

    /// The request with the signature in its query ("presigned URL").
    /// - Parameter expiration: seconds from `date`, at most 604,800.
    func presign(
        _ request: SignableRequest, credentials: SigningCredentials, date: Date, expiration: Int
    ) -> Signed {
        let headers = CanonicalRequest.headers(request.headers).map(\.name).joined(separator: ";")
        var parameters = [
            ("X-Amz-Algorithm", Self.algorithm),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(date))"),
            ("X-Amz-Date", AWSDate.timestamp(date)),
            ("X-Amz-SignedHeaders", headers),
            ("X-Amz-Expires", String(expiration)),
        ]
        let token = credentials.sessionToken.map { ("X-Amz-Security-Token", $0) }
        if let token, signsSessionToken { parameters.append(token) }
        var output = request
        output.query = Self.query(request.query, parameters)
        let canonical = CanonicalRequest(output, normalizingPath: normalizesPath)
        let stringToSign = stringToSign(canonical, date: date)
        let signature = signature(stringToSign, secret: credentials.secretAccessKey, date: date)
        if let token, !signsSessionToken { parameters.append(token) }
        output.query = Self.query(request.query, parameters + [("X-Amz-Signature", signature)])
        return Signed(
            request: output, canonicalRequest: canonical.text, stringToSign: stringToSign, signature: signature)
    }

    private static let algorithm = "AWS4-HMAC-SHA256"

    private static func query(_ original: String?, _ parameters: [(name: String, value: String)]) -> String {
        let added = parameters.map { "\($0.name)=\(PercentEncoding.encode($0.value.utf8))" }
        return ([original].compactMap { $0 }.filter { !$0.isEmpty } + added).joined(separator: "&")
    }

    /// Steps 2 and 3: hash the canonical request, create the string to sign.
    private func stringToSign(_ canonical: CanonicalRequest, date: Date) -> String {
        [Self.algorithm, AWSDate.timestamp(date), scope(date), SHA256.digest(canonical.text).hex]
            .joined(separator: "\n")
    }

    /// Steps 4 and 5: derive the signing key, calculate the signature.
    private func signature(_ stringToSign: String, secret: String, date: Date) -> String {
        var key = Array("AWS4\(secret)".utf8)
        for part in scope(date).split(separator: "/") {
            key = HMACSHA256.authenticate(Array(part.utf8), key: key)
        }
        return Hex.encode(HMACSHA256.authenticate(Array(stringToSign.utf8), key: key))
    }

    private func scope(_ date: Date) -> String {
        "\(AWSDate.timestamp(date).prefix(8))/\(region)/\(service)/aws4_request"
    }
}
