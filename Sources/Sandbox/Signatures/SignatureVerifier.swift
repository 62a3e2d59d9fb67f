// SPDX-License-Identifier: Apache-2.0

private import Cryptography
import FoundationEssentials

/// Verifies SigV4 signatures in header and query form. It shares no code with the broker's signer, so that neither can
/// hide a mistake of the other.
struct SignatureVerifier: Sendable {
    /// Allowed clock skew of the signer in seconds, in both directions.
    static let allowedSkew: TimeInterval = 300

    let region: String
    let service: String
    var normalizesPath = true

    /// - Parameter key: looks up an access key id. It is called before the signature is verified.
    /// - Returns: the holder of the key that verifiably signed this request.
    func verify<Holder>(
        _ request: SignedRequest, at now: Date, key: (String) -> SigningKey<Holder>?
    ) throws(SignatureError) -> Holder {
        let presented = try PresentedSignature(of: request)
        guard presented.signedHeaders.allSatisfy({ !request.values(of: $0).isEmpty }) else { throw .mismatch }
        guard let key = key(presented.scope.accessKeyID) else { throw .unknownKey }
        guard presented.scope.region == region, presented.scope.service == service else { throw .wrongScope }
        try checkTime(of: presented, at: now)
        try checkPayloadHash(of: request)
        let expected = try signature(of: request, presented: presented, secret: key.secretAccessKey)
        guard ConstantTime.equal(expected, presented.signature) else { throw .mismatch }
        // Checked last: only the holder of the secret may find out whether the token matches and the session is still
        // valid.
        switch (key.sessionToken, presented.sessionToken) {
        case (nil, nil): break
        case (let expected?, let presented?) where ConstantTime.equal(expected, presented): break
        default: throw .unknownKey
        }
        if let expiration = key.expiration, expiration <= now { throw .sessionExpired }
        return key.holder
    }

    private func checkTime(of presented: PresentedSignature, at now: Date) throws(SignatureError) {
        let latest = now.addingTimeInterval(Self.allowedSkew)
        guard presented.date <= latest else { throw .tooNew(signed: presented.date, latest: latest) }
        let lifetime =
            switch presented.form {
            case .header: Self.allowedSkew
            case .query(let seconds): TimeInterval(seconds)
            }
        let earliest = now.addingTimeInterval(-lifetime)
        guard presented.date >= earliest else { throw .tooOld(signed: presented.date, earliest: earliest) }
    }

    /// If `x-amz-content-sha256` is present, it must be the digest of the body.
    private func checkPayloadHash(of request: SignedRequest) throws(SignatureError) {
        let hash = SHA256.digest(request.body).hex
        guard request.values(of: "x-amz-content-sha256").allSatisfy({ $0 == hash }) else { throw .mismatch }
    }

    private func signature(
        of request: SignedRequest, presented: PresentedSignature, secret: String
    ) throws(SignatureError) -> String {
        let canonical = ReceivedCanonicalRequest.text(
            of: request, signedHeaders: presented.signedHeaders, normalizesPath: normalizesPath)
        guard let canonical else { throw .malformed }
        let stringToSign = [
            PresentedSignature.algorithm,
            AmazonDate.format(presented.date),
            presented.scope.text,
            SHA256.digest(canonical).hex,
        ].joined(separator: "\n")
        let scope = presented.scope
        let key = [scope.day, scope.region, scope.service, "aws4_request"].reduce(Array("AWS4\(secret)".utf8)) {
            HMACSHA256.authenticate(Array($1.utf8), key: $0)
        }
        return Hex.encode(HMACSHA256.authenticate(Array(stringToSign.utf8), key: key))
    }
}

/// An access key's secret, for verifying its signatures, and the key's holder.
struct SigningKey<Holder> {
    let secretAccessKey: String
    /// `nil` for a long-term key, which has none.
    let sessionToken: String?
    let expiration: Date?
    let holder: Holder
}
