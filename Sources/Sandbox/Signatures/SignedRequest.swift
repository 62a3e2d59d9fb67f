// SPDX-License-Identifier: Apache-2.0

/// A request as received on the wire, with everything that SigV4 covers.
struct SignedRequest: Sendable {
    var method: String
    /// The target before `?`, not decoded.
    var path: String
    /// The target after `?`, not decoded; empty if there is none.
    var query: String
    /// In received order, including `Host`. Repeated headers are separate elements.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    init(method: String, target: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "")
        query = parts.count > 1 ? String(parts[1]) : ""
        self.headers = headers
        self.body = body
    }

    /// The values of all headers with this lower-case name, in order.
    func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
}
