/// A request as it came over the wire, with all that SigV4 covers.
struct SignedRequest: Sendable {
    var method: String
    /// The target up to `?`, not decoded.
    var path: String
    /// The target behind `?`, not decoded; empty where there is none.
    var query: String
    /// In their order, `Host` included, duplicates kept apart.
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

    /// The values of all headers of that lower-case name, in order.
    func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
}
