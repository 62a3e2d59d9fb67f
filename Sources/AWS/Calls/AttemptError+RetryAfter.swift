import Outbound

extension AttemptError {
    /// How long AWS asks to wait, by `x-amz-retry-after` in milliseconds.
    static func retryAfter(_ response: OutboundResponse) -> Duration? {
        response.header("x-amz-retry-after").flatMap { Int64($0) }
            .flatMap { $0 >= 0 ? Duration.milliseconds($0) : nil }
    }
}
