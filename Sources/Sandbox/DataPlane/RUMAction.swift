// SPDX-License-Identifier: Apache-2.0

/// The CloudWatch RUM actions that the sandbox supports.
enum RUMAction: String, Sendable {
    case putRumEvents = "rum:PutRumEvents"
    /// A control plane action. No session that the broker issues is allowed to call it; the demo store shows the
    /// denial.
    case getAppMonitor = "rum:GetAppMonitor"
}
