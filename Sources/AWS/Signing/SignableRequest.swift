/// An HTTP request as SigV4 looks at it.
struct SignableRequest: Sendable {
    var method: String
    /// The path as it goes over the wire, `/` at least.
    var path: String
    /// What follows the `?`, as it goes over the wire; `nil` without one.
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
