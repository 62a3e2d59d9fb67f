// SPDX-License-Identifier: Apache-2.0

extension SessionPolicy {
    /// The intersection of the monitor's policy and the caller's; `nil` if it is empty.
    ///
    /// The result has, for each statement that applies to the one action on the one monitor, a statement with the same
    /// effect and condition for exactly that action and monitor. The caller's other statements have no effect, because
    /// no session of Purser allows anything else.
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
        // An unconditional statement makes the others redundant.
        if allowed.contains(nil) { allowed = [nil] }
        return allowed == [nil] && denied.isEmpty
            ? SessionPolicy(monitor)
            : SessionPolicy(
                monitor, version: policy.version, allowed: allowed.map { $0?.json }, denied: denied.map(\.json))
    }
}
