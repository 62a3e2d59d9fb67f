import HTTPTypes

extension HTTPFields {
    /// The headers that AWS's services name their requests and errors in.
    mutating func setAmazon(requestID: String, errorType: String? = nil) {
        for (name, value) in [("x-amzn-RequestId", requestID), ("x-amzn-ErrorType", errorType)] {
            guard let value, let name = HTTPField.Name(name) else { continue }
            self[name] = value
        }
    }
}
