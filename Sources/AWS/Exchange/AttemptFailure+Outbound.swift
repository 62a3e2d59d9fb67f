import Outbound

extension AttemptFailure {
    /// - Parameter call: the call's name in AWS's API.
    init(_ failure: OutboundFailure, of call: String) {
        switch failure {
        case .timedOut: self.init(.timedOut, "\(call): no answer in time")
        case .connection(let words): self.init(.transient, "\(call): \(words)")
        case .tooLarge(let limit): self.init(.transient, "\(call): an answer over \(limit) bytes")
        case .cancelled: self.init(.cancelled, "\(call): cancelled")
        }
    }

    /// How long AWS asks to wait, by `x-amz-retry-after` in milliseconds.
    static func retryAfter(_ response: OutboundResponse) -> Duration? {
        response.header("x-amz-retry-after").flatMap { Int64($0) }
            .flatMap { $0 >= 0 ? Duration.milliseconds($0) : nil }
    }
}
