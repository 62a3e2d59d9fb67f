// SPDX-License-Identifier: Apache-2.0

import Vending

/// Error codes common to all AWS services.
enum AWSErrorCode {
    /// The throttling codes of the SDKs' standard retry mode.
    static let throttling: Set<String> = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
        "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException",
        "TooManyRequestsException", "TransactionInProgressException",
    ]

    /// The text if it looks like an error code or a request id: letters, digits, `-`, `_` and `.`, 64 at most.
    static func label(_ text: String) -> String? {
        let isLabel =
            (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) }
        return isLabel ? text : nil
    }
}
