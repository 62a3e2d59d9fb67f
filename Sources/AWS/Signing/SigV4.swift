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
        let (time, bodyHash) = (time(date), SHA256.digest(request.body).hex)
        output.headers.append(("X-Amz-Date", time.timestamp))
        if addsContentHash { output.headers.append(("x-amz-content-sha256", bodyHash)) }
        let canonical = CanonicalRequest(output, normalizingPath: normalizesPath, bodyHash: bodyHash)
        let stringToSign = stringToSign(canonical, time)
        let signature = signature(stringToSign, secret: credentials.secretAccessKey, time)
        if let token, !signsSessionToken {
            // Next to the date, at the position of a signed token.
            output.headers.insert(token, at: request.headers.count)
        }
        let credential = "\(credentials.accessKeyID)/\(time.scope)"
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
        let (time, bodyHash) = (time(date), SHA256.digest(request.body).hex)
        let headers = CanonicalRequest.headers(request.headers).map(\.name).joined(separator: ";")
        var parameters = [
            ("X-Amz-Algorithm", Self.algorithm),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(time.scope)"),
            ("X-Amz-Date", time.timestamp),
            ("X-Amz-SignedHeaders", headers),
            ("X-Amz-Expires", String(expiration)),
        ]
        let token = credentials.sessionToken.map { ("X-Amz-Security-Token", $0) }
        if let token, signsSessionToken { parameters.append(token) }
        var output = request
        output.query = Self.query(request.query, parameters)
        let canonical = CanonicalRequest(output, normalizingPath: normalizesPath, bodyHash: bodyHash)
        let stringToSign = stringToSign(canonical, time)
        let signature = signature(stringToSign, secret: credentials.secretAccessKey, time)
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
    private func stringToSign(_ canonical: CanonicalRequest, _ time: SigningTime) -> String {
        "\(Self.algorithm)\n\(time.timestamp)\n\(time.scope)\n\(SHA256.digest(canonical.text).hex)"
    }

    /// Steps 4 and 5: derive the signing key, calculate the signature.
    private func signature(_ stringToSign: String, secret: String, _ time: SigningTime) -> String {
        var key = Array("AWS4\(secret)".utf8)
        for part in time.scope.split(separator: "/") {
            key = HMACSHA256.authenticate(Array(part.utf8), key: key)
        }
        return Hex.encode(HMACSHA256.authenticate(Array(stringToSign.utf8), key: key))
    }

    private struct SigningTime {
        let timestamp: String
        /// Day, Region, service and the end of the credential scope.
        let scope: String
    }

    private func time(_ date: Date) -> SigningTime {
        let timestamp = AWSDate.timestamp(date)
        return SigningTime(
            timestamp: timestamp, scope: "\(timestamp.prefix(8))/\(region)/\(service)/aws4_request")
    }
}
