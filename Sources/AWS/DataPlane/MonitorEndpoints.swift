// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The endpoints of app monitors, each parsed once.
final class MonitorEndpoints: Sendable {
    /// More than any configuration has; the endpoints so far are forgotten when there are as many.
    private static let limit = 256

    private let parsed = Mutex<[String: Endpoint]>([:])

    /// `nil` if the text is not a base URL.
    func endpoint(_ text: String) -> Endpoint? {
        if let known = parsed.withLock({ $0[text] }) { return known }
        guard let endpoint = Endpoint(text) else { return nil }
        parsed.withLock { parsed in
            if parsed.count >= Self.limit { parsed = [:] }
            parsed[text] = endpoint
        }
        return endpoint
    }
}
