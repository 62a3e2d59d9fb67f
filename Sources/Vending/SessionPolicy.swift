/// The scope-down of every session that Purser hands out: `rum:PutRumEvents` on one monitor and nothing else.
///
/// Always made from the monitor and never read from the configuration, so no setting can widen it.
package struct SessionPolicy: Hashable, Sendable {
    /// The policy document as it is sent to STS (AssumeRole `Policy`, at most 2,048 characters).
    package let json: String

    package init(_ monitor: AppMonitor) {
        json =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"\#(monitor.arn)"}]}"#
    }
}
