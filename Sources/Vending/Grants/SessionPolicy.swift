/// The scope-down of every session that Purser hands out: `rum:PutRumEvents` on one monitor and nothing else.
///
/// Always made from the monitor and never read from the configuration or taken from a caller, so nothing can widen it.
package struct SessionPolicy: Hashable, Sendable {
    /// Characters at most (AssumeRole `Policy`).
    package static let limit = 2_048

    /// The policy document as it is sent to STS.
    package let json: String

    package init(_ monitor: AppMonitor) {
        json = Self.document("2012-10-17", [Self.statement("Allow", monitor)])
    }

    /// The same for less: what some of `allowed` allow and none of `denied` deny, of that one action on that one monitor.
    init(_ monitor: AppMonitor, version: String, allowed: [String?], denied: [String]) {
        json = Self.document(
            version,
            allowed.map { Self.statement("Allow", monitor, $0) } + denied.map { Self.statement("Deny", monitor, $0) })
    }

    static let action = "rum:PutRumEvents"

    private static func document(_ version: String, _ statements: [String]) -> String {
        #"{"Version":"\#(version)","Statement":[\#(statements.joined(separator: ","))]}"#
    }

    private static func statement(
        _ effect: String, _ monitor: AppMonitor, _ condition: String? = nil
    ) -> String {
        let end = condition.map { #","Condition":\#($0)"# } ?? ""
        return #"{"Effect":"\#(effect)","Action":"\#(action)","Resource":"\#(monitor.arn)"\#(end)}"#
    }
}
