// SPDX-License-Identifier: Apache-2.0

import Observability

/// The labels of the response counter.
package struct ResponseKind: CounterLabels {
    /// `nil` if the path has no endpoint, or its app does not exist.
    let endpoint: EndpointLabel?
    /// `nil` for success.
    let code: ErrorCode?

    package static let allCases: [ResponseKind] = ([nil] + EndpointLabel.allCases).flatMap { endpoint in
        ([nil] + ErrorCode.allCases).map { ResponseKind(endpoint: endpoint, code: $0) }
    }

    package var labels: [(name: String, value: String)] {
        [("endpoint", endpoint?.name ?? "none"), ("code", code?.rawValue ?? "ok")]
    }
}
