package import Vending

/// What a request's path names. Matched byte for byte: no percent-decoding, no case folding, the query ignored.
package struct Target: Hashable, Sendable {
    package enum Resource: String, CaseIterable, Sendable {
        case credentials
        case guestCredentials = "guest-credentials"
        case container = "credentials/container"
        case guestContainer = "guest-credentials/container"
        /// With a monitor's id behind it.
        case appMonitors = "appmonitors"
        case securityTokens = "sts"

        /// Whether it speaks as the credential endpoints of containers do.
        var isContainer: Bool { self == .container || self == .guestContainer }
        var isForGuests: Bool { self == .guestCredentials || self == .guestContainer }
    }

    package let app: AppName
    package let resource: Resource
    /// Of `appMonitors`; not empty, and otherwise whatever the path has.
    package let monitorID: String?

    /// `nil` where the path is none of the service's.
    package init?(path: String?) {
        guard let path else { return nil }
        let query = path.utf8.firstIndex(of: UInt8(ascii: "?")) ?? path.endIndex
        let segments = path[..<query].split(separator: "/", omittingEmptySubsequences: false)
        guard (5...6).contains(segments.count), segments[0].isEmpty, segments[1] == "v1", segments[2] == "apps",
            let app = AppName(String(segments[3]))
        else { return nil }
        self.app = app
        if segments[4] == Resource.appMonitors.rawValue {
            guard segments.count == 6, !segments[5].isEmpty else { return nil }
            resource = .appMonitors
            monitorID = String(segments[5])
        } else {
            guard let resource = Resource(rawValue: segments[4...].joined(separator: "/")) else { return nil }
            self.resource = resource
            monitorID = nil
        }
    }
}
