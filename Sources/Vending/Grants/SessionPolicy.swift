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
    private init(_ monitor: AppMonitor, version: String, allowed: [PolicyCondition?], denied: [PolicyCondition]) {
        json = Self.document(
            version,
            allowed.map { Self.statement("Allow", monitor, $0) } + denied.map { Self.statement("Deny", monitor, $0) })
    }

    /// What this policy and the caller's both allow; `nil` where that is nothing.
    ///
    /// By construction: of each statement that has a say in the one action on the one monitor, a statement of the same
    /// effect and condition about exactly that action and monitor. Whatever else the caller's policy says, no session
    /// of Purser's could do anyway.
    package static func narrowed(_ monitor: AppMonitor, by policy: CallerPolicy) -> SessionPolicy? {
        let statements = policy.statements.filter { $0.concerns(action, on: monitor.arn) }
        var allowed: [PolicyCondition?] = []
        var denied: [PolicyCondition] = []
        for statement in statements {
            if statement.isAllow {
                if !allowed.contains(statement.condition) { allowed.append(statement.condition) }
            } else {
                guard let condition = statement.condition else { return nil }
                if !denied.contains(condition) { denied.append(condition) }
            }
        }
        guard !allowed.isEmpty else { return nil }
        // Beside one that always allows, the others say nothing.
        if allowed.contains(nil) { allowed = [nil] }
        return allowed == [nil] && denied.isEmpty
            ? SessionPolicy(monitor)
            : SessionPolicy(monitor, version: policy.version, allowed: allowed, denied: denied)
    }

    private static let action = "rum:PutRumEvents"

    private static func document(_ version: String, _ statements: [String]) -> String {
        #"{"Version":"\#(version)","Statement":[\#(statements.joined(separator: ","))]}"#
    }

    private static func statement(
        _ effect: String, _ monitor: AppMonitor, _ condition: PolicyCondition? = nil
    ) -> String {
        let end = condition.map { #","Condition":\#($0.json)"# } ?? ""
        return #"{"Effect":"\#(effect)","Action":"\#(action)","Resource":"\#(monitor.arn)"\#(end)}"#
    }
}
