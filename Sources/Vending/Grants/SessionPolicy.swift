// SPDX-License-Identifier: Apache-2.0

/// The scope-down policy of every session whose credentials Purser returns or signs batches with: `rum:PutRumEvents` on one monitor and nothing else.
///
/// Purser always builds it from the monitor, and never reads it from the configuration or from a caller, so nothing can
/// widen it.
package struct SessionPolicy: Hashable, Sendable {
    /// Maximum number of characters (AssumeRole `Policy`).
    package static let limit = 2_048

    /// The policy document that STS receives.
    package let json: String

    package init(_ monitor: AppMonitor) {
        json = Self.document("2012-10-17", [Self.statement("Allow", monitor)])
    }

    /// The policy of a session that Purser keeps to make short credentials from: the same, and the call that makes them.
    /// No caller gets this session's credentials.
    init(parentFor monitor: AppMonitor) {
        let call = #"{"Effect":"Allow","Action":"\#(Self.scopingAction)","Resource":"*"}"#
        json = Self.document("2012-10-17", [Self.statement("Allow", monitor), call])
    }

    /// A narrower policy: at least one of the conditions `allowed` must hold and none of the conditions `denied`, for
    /// the one action on the one monitor. `nil` in `allowed` is an unconditional statement.
    init(_ monitor: AppMonitor, version: String, allowed: [String?], denied: [String]) {
        json = Self.document(
            version,
            allowed.map { Self.statement("Allow", monitor, $0) } + denied.map { Self.statement("Deny", monitor, $0) })
    }

    static let action = "rum:PutRumEvents"
    package static let scopingAction = "sts:GetScopedCredentials"

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
