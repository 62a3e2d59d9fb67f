// SPDX-License-Identifier: Apache-2.0

/// The name of a request's endpoint in log lines and counters.
package enum EndpointLabel: Hashable, CaseIterable, Sendable {
    case app(Target.Resource)
    case file(PublishedFile.Kind)
    case backChannelLogout

    package static let allCases =
        Target.Resource.allCases.map(EndpointLabel.app) + PublishedFile.Kind.allCases.map(EndpointLabel.file)
        + [.backChannelLogout]

    package var name: String {
        switch self {
        case .app(let resource): resource.rawValue
        case .file(let kind): kind.rawValue
        case .backChannelLogout: "backchannel-logout"
        }
    }
}
