import FoundationEssentials

/// Why a signed request is not accepted; each service words it in its own way.
enum SignatureError: Error, Equatable {
    /// No signature at all.
    case missing
    /// There is one, but not in SigV4's form.
    case malformed
    /// Nobody has that access key, or its session token is not the one that came along.
    case unknownKey
    /// The session that the key belongs to is over.
    case sessionExpired
    /// Signed for another region or service.
    case wrongScope
    /// `signed` lies before `earliest`, or the presigned address ran out.
    case tooOld(signed: Date, earliest: Date)
    /// Signed after `latest`.
    case tooNew(signed: Date, latest: Date)
    /// The signature isn't that of this request by this key.
    case mismatch
}
