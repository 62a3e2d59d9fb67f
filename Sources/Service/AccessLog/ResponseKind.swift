import Observability

/// What the counter of answers tells apart.
package struct ResponseKind: CounterLabels {
    /// `nil` where the path named none, or an app that does not exist.
    let endpoint: EndpointLabel?
    /// `nil` for a good answer.
    let code: ErrorCode?

    package static let allCases: [ResponseKind] = ([nil] + EndpointLabel.allCases).flatMap { endpoint in
        ([nil] + ErrorCode.allCases).map { ResponseKind(endpoint: endpoint, code: $0) }
    }

    package var labels: [(name: String, value: String)] {
        [("endpoint", endpoint?.name ?? "none"), ("code", code?.rawValue ?? "ok")]
    }
}
