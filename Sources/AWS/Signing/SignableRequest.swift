// SPDX-License-Identifier: Apache-2.0

/// The parts of an HTTP request that SigV4 signs.
struct SignableRequest: Sendable {
    var method: String
    /// The path as sent, at least `/`.
    var path: String
    /// The text after the `?`, as sent; `nil` without a query.
    var query: String?
    /// In order, with `Host` among them.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    init(
        method: String, path: String, query: String? = nil, headers: [(name: String, value: String)],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}
