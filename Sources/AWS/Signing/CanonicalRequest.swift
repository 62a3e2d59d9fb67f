// SPDX-License-Identifier: Apache-2.0

/// Step 1 of "Create a signed AWS API request" (IAM User Guide): the canonical form that both sides hash.
struct CanonicalRequest {
    let text: String
    /// `name;name`, sorted.
    let signedHeaders: String

    /// - Parameter bodyHash: SHA-256 of the body, in lower-case hexadecimal digits.
    init(_ request: SignableRequest, normalizingPath: Bool, bodyHash: String) {
        let headers = Self.headers(request.headers)
        signedHeaders = headers.map(\.name).joined(separator: ";")
        text = [
            request.method,
            Self.path(request.path, normalizing: normalizingPath),
            Self.query(request.query),
            headers.map { "\($0.name):\($0.value)\n" }.joined(),
            signedHeaders,
            bodyHash,
        ].joined(separator: "\n")
    }

    /// Names in lower case and sorted, values trimmed with inner spaces collapsed to one, duplicates joined in order.
    static func headers(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for (name, value) in headers {
            let name = name.lowercased()
            guard !unsigned.contains(name), !name.hasPrefix("proxy-") else { continue }
            values[name, default: []].append(collapsed(value))
        }
        return values.map { ($0.key, $0.value.joined(separator: ",")) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Only spaces are collapsed; a line break is the space that folded it (RFC 9110 §5.5). A tab within a value stays.
    private static func collapsed(_ value: String) -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x0A || byte == 0x0D }
        let isBlank = { (byte: UInt8) in isSpace(byte) || byte == 0x09 }
        let start = value.utf8.drop(while: isBlank)
        let end = start.lastIndex { !isBlank($0) }.map { start.index(after: $0) } ?? start.startIndex
        let parts = start[..<end].split(whereSeparator: isSpace)
        return parts.map { String(Substring($0)) }.joined(separator: " ")
    }

    /// Proxies change these, which would break a signature over them.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
        "user-agent", "x-amzn-trace-id",
    ]

    /// Encoded one more time than on the wire, as every service except S3 requires.
    private static func path(_ path: String, normalizing: Bool) -> String {
        if isCanonical(path) { return path }
        return PercentEncoding.encode((normalizing ? normalize(path) : path).utf8, keeping: UInt8(ascii: "/"))
    }

    /// Whether neither form changes the path: from a slash on, only unreserved bytes, and no segment that is empty or
    /// begins with a dot. Purser's own paths are such.
    private static func isCanonical(_ path: String) -> Bool {
        var previous: UInt8?
        for byte in path.utf8 {
            if previous == nil || previous == UInt8(ascii: "/") {
                let isSegment = previous != nil && byte != UInt8(ascii: "/") && byte != UInt8(ascii: ".")
                guard isSegment || (previous == nil && byte == UInt8(ascii: "/")) else { return false }
            }
            guard byte == UInt8(ascii: "/") || PercentEncoding.isUnreserved(byte) else { return false }
            previous = byte
        }
        return previous != nil
    }

    /// RFC 3986 §5.2.4, with repeated slashes collapsed to one.
    private static func normalize(_ path: String) -> String {
        var segments: [Substring] = []
        let all = path.split(separator: "/")
        for segment in all {
            switch segment {
            case ".": continue
            case "..": _ = segments.popLast()
            default: segments.append(segment)
            }
        }
        let isDirectory = path.hasSuffix("/") || all.last == "." || all.last == ".."
        return "/" + segments.joined(separator: "/") + (isDirectory && !segments.isEmpty ? "/" : "")
    }

    /// Names and values decoded and encoded again, sorted by name and then by value.
    private static func query(_ query: String?) -> String {
        guard let query, !query.isEmpty else { return "" }
        return query.split(separator: "&").map { parameter in
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.map { PercentEncoding.encode(PercentEncoding.decode($0)) }
        }
        .sorted { ($0[0], $0.count > 1 ? $0[1] : "") < ($1[0], $1.count > 1 ? $1[1] : "") }
        .map { "\($0[0])=\($0.count > 1 ? $0[1] : "")" }
        .joined(separator: "&")
    }
}
