// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension STSError {
    /// The error with the status, code and message that AWS STS returns for it.
    init(_ error: SignatureError, now: Date, region: String) {
        self =
            switch error {
            case .missing:
                STSError(
                    status: 403, code: "MissingAuthenticationToken", message: "Request is missing Authentication Token")
            case .malformed:
                STSError(
                    status: 400, code: "IncompleteSignature",
                    message: "The request signature does not conform to AWS standards.")
            case .unknownKey:
                STSError(
                    status: 403, code: "InvalidClientTokenId",
                    message: "The security token included in the request is invalid.")
            case .sessionExpired:
                STSError(
                    status: 403, code: "ExpiredToken",
                    message: "The security token included in the request is expired")
            case .wrongScope:
                .signature("Credential should be scoped to a valid region (\(region)) and correct service: 'sts'.")
            case .tooOld(let signed, let earliest):
                .signature(
                    """
                    Signature expired: \(AmazonDate.format(signed)) is now earlier than \
                    \(AmazonDate.format(earliest)) (\(AmazonDate.format(now)) - 5 min.)
                    """)
            case .tooNew(let signed, let latest):
                .signature(
                    """
                    Signature not yet current: \(AmazonDate.format(signed)) is still later than \
                    \(AmazonDate.format(latest)) (\(AmazonDate.format(now)) + 5 min.)
                    """)
            case .mismatch:
                .signature(
                    """
                    The request signature we calculated does not match the signature you provided. Check your AWS \
                    Secret Access Key and signing method. Consult the service documentation for details.
                    """)
            }
    }

    private static func signature(_ message: String) -> STSError {
        STSError(status: 403, code: "SignatureDoesNotMatch", message: message)
    }
}
