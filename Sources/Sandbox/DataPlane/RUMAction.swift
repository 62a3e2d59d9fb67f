/// What callers may ask of CloudWatch RUM here.
enum RUMAction: String, Sendable {
    case putRumEvents = "rum:PutRumEvents"
    /// Of the control plane. No session of the broker's may do it, and trying shows so.
    case getAppMonitor = "rum:GetAppMonitor"
}
