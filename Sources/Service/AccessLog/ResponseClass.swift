// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Observability

/// The labels of the histogram of durations.
package struct ResponseClass: CounterLabels {
    /// The first digit of the status.
    enum Status: Int, Sendable {
        case success = 2
        case redirection
        case clientError
        case serverError
    }

    /// `nil` if the path has no endpoint, or its app does not exist.
    let endpoint: EndpointLabel?
    let status: Status

    /// Only published files have 304.
    package static let allCases: [ResponseClass] = ([nil] + EndpointLabel.allCases).flatMap { endpoint in
        var classes: [Status] = [.success, .clientError, .serverError]
        if case .file = endpoint { classes.insert(.redirection, at: 1) }
        return classes.map { ResponseClass(endpoint: endpoint, status: $0) }
    }

    package var labels: [(name: String, value: String)] {
        [("endpoint", endpoint?.name ?? "none"), ("status", "\(status.rawValue)xx")]
    }
}

extension ResponseClass {
    init(endpoint: EndpointLabel?, status: HTTPResponse.Status) {
        self.init(endpoint: endpoint, status: Status(rawValue: status.code / 100) ?? .serverError)
    }
}
