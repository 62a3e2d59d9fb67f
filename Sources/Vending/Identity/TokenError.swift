// SPDX-License-Identifier: Apache-2.0

/// Why a token was rejected. Callers see one uniform response; `reason` and `detail` are for the operator's log.
package struct TokenError: Error, Hashable, Sendable {
    /// The first rule that the token violates, in the order of the checks.
    package enum Reason: String, CaseIterable, Sendable {
        // Form: checked before the signature.
        case tooLong = "too_long"
        case notCompactForm = "not_compact_form"
        case notBase64URL = "not_base64url"
        case headerMalformed = "header_malformed"
        case payloadMalformed = "payload_malformed"
        case algorithmNotAllowed = "algorithm_not_allowed"
        case headerNotAllowed = "header_not_allowed"
        case typeNotAllowed = "type_not_allowed"
        // Keys and signature.
        case issuerMissing = "issuer_missing"
        case issuerUnknown = "issuer_unknown"
        case keysUnavailable = "keys_unavailable"
        case keyUnknown = "key_unknown"
        /// The issuer may have published the key since the last fetch, or on a part of its servers only.
        case keyPending = "key_pending"
        case keyAmbiguous = "key_ambiguous"
        case keyUnfit = "key_unfit"
        case signatureInvalid = "signature_invalid"
        // Claims of an authentic token.
        case kindNotAllowed = "kind_not_allowed"
        case audienceMissing = "audience_missing"
        case audienceWrong = "audience_wrong"
        case authorizedPartyWrong = "authorized_party_wrong"
        case expirationMissing = "expiration_missing"
        case expirationMalformed = "expiration_malformed"
        case expired = "expired"
        case notBeforeMalformed = "not_before_malformed"
        case notYetValid = "not_yet_valid"
        case issuedAtMalformed = "issued_at_malformed"
        case issuedInFuture = "issued_in_future"
        case issuedAtMissing = "issued_at_missing"
        case lifetimeTooLong = "lifetime_too_long"
        case subjectMissing = "subject_missing"
        case subjectMalformed = "subject_malformed"
        case claimMissing = "claim_missing"
        case claimWrong = "claim_wrong"
        case sessionMalformed = "session_malformed"
        // After the verification.
        case loggedOut = "logged_out"
    }

    package let reason: Reason
    /// What was found and what was expected, for the operator. Never holds the token, its signature or its subject.
    package let detail: String
    /// When the verification can have another result, in seconds; only for `keyPending`.
    package let retryAfter: Int?

    package init(_ reason: Reason, _ detail: String, retryAfter: Int? = nil) {
        self.reason = reason
        self.detail = detail
        self.retryAfter = retryAfter
    }

    /// Whether nothing is known about the token, because its key is not known yet.
    package var isUndecided: Bool { reason == .keysUnavailable || reason == .keyPending }
}
