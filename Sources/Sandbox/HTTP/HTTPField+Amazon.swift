// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

extension HTTPFields {
    /// Sets the response headers of AWS's services for the request id and the error type.
    mutating func setAmazon(requestID: String, errorType: String? = nil) {
        for (name, value) in [("x-amzn-RequestId", requestID), ("x-amzn-ErrorType", errorType)] {
            guard let value, let name = HTTPField.Name(name) else { continue }
            self[name] = value
        }
    }
}
