// SPDX-License-Identifier: Apache-2.0

import Outbound

extension AttemptError {
    /// The wait that AWS requests in `x-amz-retry-after`, in milliseconds.
    static func retryAfter(_ response: OutboundResponse) -> Duration? {
        response.header("x-amz-retry-after").flatMap { Int64($0) }
            .flatMap { $0 >= 0 ? Duration.milliseconds($0) : nil }
    }
}
