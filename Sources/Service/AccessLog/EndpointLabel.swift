// SPDX-License-Identifier: Apache-2.0

/// The name of a request's endpoint in log lines and counters.
package enum EndpointLabel: Hashable, CaseIterable, Sendable {
    case app(Target.Resource)
    case file(PublishedFile.Kind)
    case backChannelLogout

    package static let allCases =
        Target.Resource.allCases.map(EndpointLabel.app) + PublishedFile.Kind.allCases.map(EndpointLabel.file)
        + [.backChannelLogout]

    /// The position in `allCases`, for tables on the warm path.
    var index: Int {
        switch self {
        case .app(.credentials): 0
        case .app(.guestCredentials): 1
        case .app(.container): 2
        case .app(.guestContainer): 3
        case .app(.appMonitors): 4
        case .app(.securityTokens): 5
        case .file(.discovery): 6
        case .file(.keys): 7
        case .file(.module): 8
        case .file(.openAPI): 9
        case .file(.demo): 10
        case .backChannelLogout: 11
        }
    }

    package var name: String {
        switch self {
        case .app(let resource): resource.rawValue
        case .file(let kind): kind.rawValue
        case .backChannelLogout: "backchannel-logout"
        }
    }
}
