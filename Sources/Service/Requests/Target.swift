// SPDX-License-Identifier: Apache-2.0

package import Vending

/// The app and the resource that a request's path names. Paths are compared byte for byte: no percent-decoding, no case
/// folding, and the query is ignored.
package struct Target: Hashable, Sendable {
    package enum Resource: String, CaseIterable, Sendable {
        case credentials
        case guestCredentials = "guest-credentials"
        case container = "credentials/container"
        case guestContainer = "guest-credentials/container"
        /// The app monitor's id follows.
        case appMonitors = "appmonitors"
        case securityTokens = "sts"

        /// Whether it uses the format of container credential endpoints.
        var isContainer: Bool { self == .container || self == .guestContainer }
        var isForGuests: Bool { self == .guestCredentials || self == .guestContainer }
    }

    package let app: AppName
    package let resource: Resource
    /// For `appMonitors` only; not empty, and otherwise not validated.
    package let monitorID: String?

    /// Returns `nil` for a path that the service does not have.
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
