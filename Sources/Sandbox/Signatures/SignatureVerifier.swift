private import Cryptography
import FoundationEssentials

/// Verifies SigV4 signatures, header and query form. An implementation of its own: it shares nothing with the code
/// that signs for the broker, so that neither can hide the other's mistake.
struct SignatureVerifier: Sendable {
    /// How far the signer's clock may be off, in seconds, either way.
    static let allowedSkew: TimeInterval = 300

    let region: String
    let service: String
    var normalizesPath = true

    /// - Parameter key: looks up who signs. It is asked with an access key id before anything is proved.
    /// - Returns: the holder of the key that verifiably made this request.
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
        // Only the holder of the secret learns whether the token belongs to it and whether the session goes on.
        switch (key.sessionToken, presented.sessionToken) {
        case (nil, nil): break
        case (let ours?, let theirs?) where ConstantTime.equal(ours, theirs): break
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

    /// `x-amz-content-sha256`, where it came, is signed; the bytes must be the ones it names.
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

/// What verifies one access key's signatures, and who holds it.
struct SigningKey<Holder> {
    let secretAccessKey: String
    /// `nil` for a long-term key, which comes without one.
    let sessionToken: String?
    let expiration: Date?
    let holder: Holder
}
