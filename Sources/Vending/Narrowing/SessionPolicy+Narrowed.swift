extension SessionPolicy {
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
            : SessionPolicy(
                monitor, version: policy.version, allowed: allowed.map { $0?.json }, denied: denied.map(\.json))
    }
}
