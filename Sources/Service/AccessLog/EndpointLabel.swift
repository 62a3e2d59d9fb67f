/// What log lines and counters call the address of a request.
package enum EndpointLabel: Hashable, CaseIterable, Sendable {
    case app(Target.Resource)
    case file(PublishedFile.Kind)

    package static let allCases =
        Target.Resource.allCases.map(EndpointLabel.app) + PublishedFile.Kind.allCases.map(EndpointLabel.file)

    package var name: String {
        switch self {
        case .app(let resource): resource.rawValue
        case .file(let kind): kind.rawValue
        }
    }
}
