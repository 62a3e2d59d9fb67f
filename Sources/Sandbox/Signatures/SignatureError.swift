// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Why a signed request is rejected. Each service has its own status, code and message for each case.
enum SignatureError: Error, Equatable {
    /// The request has no signature.
    case missing
    /// The signature does not have SigV4's form.
    case malformed
    /// The access key is unknown, or the session token does not belong to it.
    case unknownKey
    /// The session that the key belongs to has expired.
    case sessionExpired
    /// Signed for another region or service.
    case wrongScope
    /// `signed` is before `earliest`: the request is too old, or the presigned URL has expired.
    case tooOld(signed: Date, earliest: Date)
    /// Signed after `latest`.
    case tooNew(signed: Date, latest: Date)
    /// The signature does not match the request and the key.
    case mismatch
}
