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

        var isForGuests: Bool { self == .guestCredentials || self == .guestContainer }
        var isContainer: Bool { self == .container || self == .guestContainer }
    }

    package let app: AppName
    package let resource: Resource
    /// For `appMonitors` only; not empty, and otherwise not validated.
    package let monitorID: String?

    /// Returns `nil` for a path that the service does not have.
    package init?(path: String?) {
        guard let path else { return nil }
        let slash = UInt8(ascii: "/")
        let address = path.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard address.starts(with: Self.prefix) else { return nil }
        let rest = address.dropFirst(Self.prefix.count)
        guard let end = rest.firstIndex(of: slash), let app = AppName(String(Substring(rest[..<end]))) else {
            return nil
        }
        self.app = app
        let resource = rest[rest.index(after: end)...]
        if resource.starts(with: Self.monitors) {
            let monitorID = resource.dropFirst(Self.monitors.count)
            guard !monitorID.isEmpty, !monitorID.contains(slash) else { return nil }
            self.resource = .appMonitors
            self.monitorID = String(Substring(monitorID))
        } else {
            guard let resource = Resource(rawValue: String(Substring(resource))), resource != .appMonitors else {
                return nil
            }
            self.resource = resource
            monitorID = nil
        }
    }

    private static let prefix = Array("/v1/apps/".utf8)
    private static let monitors = Array("\(Resource.appMonitors.rawValue)/".utf8)
}
