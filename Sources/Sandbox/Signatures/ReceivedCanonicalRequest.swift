// SPDX-License-Identifier: Apache-2.0

private import Cryptography

/// Task 1 of SigV4: the canonical request, which signer and verifier both hash.
enum ReceivedCanonicalRequest {
    /// - Parameters:
    ///   - signedHeaders: lower-case names, sorted; all of them present.
    ///   - normalizesPath: resolves dot segments and empty segments, which every service but S3 does.
    /// - Returns: `nil` if the query cannot be decoded.
    static func text(of request: SignedRequest, signedHeaders: [String], normalizesPath: Bool = true) -> String? {
        guard let query = canonicalQuery(request.query) else { return nil }
        let headers = signedHeaders.map { name in
            "\(name):\(request.values(of: name).map(collapsed).joined(separator: ","))\n"
        }
        return [
            request.method,
            canonicalPath(request.path, normalizes: normalizesPath),
            query,
            headers.joined(),
            signedHeaders.joined(separator: ";"),
            SHA256.digest(request.body).hex,
        ].joined(separator: "\n")
    }

    /// The received path, URI-encoded once more.
    static func canonicalPath(_ path: String, normalizes: Bool) -> String {
        guard normalizes else { return URIEncoding.encode(path.utf8, keepingSlashes: true) }
        var kept: [Substring] = []
        let segments = path.split(separator: "/")
        for segment in segments where segment != "." {
            if segment == ".." {
                _ = kept.popLast()
            } else {
                kept.append(segment)
            }
        }
        let endsInSlash = path.utf8.last == UInt8(ascii: "/") && !kept.isEmpty
        let normal = "/" + kept.joined(separator: "/") + (endsInSlash ? "/" : "")
        return URIEncoding.encode(normal.utf8, keepingSlashes: true)
    }

    /// Sorted by encoded name, then by encoded value. `X-Amz-Signature` is excluded, since it cannot sign itself.
    static func canonicalQuery(_ query: String) -> String? {
        var pairs: [(name: String, value: String)] = []
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = URIEncoding.decode(parts[0]).map({ URIEncoding.encode($0) }),
                let value = URIEncoding.decode(parts.count > 1 ? parts[1] : "").map({ URIEncoding.encode($0) })
            else { return nil }
            if name != "X-Amz-Signature" { pairs.append((name, value)) }
        }
        return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    /// Trimmed, with inner spaces collapsed to one. A line break counts as the space that folded it, a tab does not.
    private static func collapsed(_ value: String) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" || character.isNewline }
        let start = value.drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return start[...last].split { $0 == " " || $0.isNewline }.joined(separator: " ")
    }
}
