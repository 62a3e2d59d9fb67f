// SPDX-License-Identifier: Apache-2.0

private import FoundationEssentials

/// Describes a small difference between a token's issuer and a configured one: both are compared exactly (RFC 7519
/// §4.1.1), and operators easily overlook such a difference.
enum IssuerMismatchHint {
    /// A suffix for the error detail; empty if no configured issuer is similar.
    static func text(of issuer: String, among configured: [String]) -> String {
        for candidate in configured {
            if let difference = difference(issuer, candidate) {
                return "; it differs from \(LogText.quote(candidate)) only in \(difference)"
            }
        }
        return ""
    }

    private static func difference(_ found: String, _ wanted: String) -> String? {
        let sameLetters = found.lowercased() == wanted.lowercased()
        let (found, wanted) = (Form(found), Form(wanted))
        guard found.host == wanted.host, found.path == wanted.path else { return nil }
        if found.scheme != wanted.scheme { return "the scheme" }
        if found.port != wanted.port { return "the port" }
        if found.slash != wanted.slash { return "the trailing slash" }
        return sameLetters ? "upper and lower case" : "the notation of the port"
    }

    /// The parts of an address, in lower case.
    private struct Form {
        let scheme: String
        let host: String
        let port: String
        let path: String
        let slash: Bool

        init(_ text: String) {
            var rest = Substring(text.lowercased())
            let separator = rest.firstRange(of: "://")
            scheme = separator.map { String(rest[..<$0.lowerBound]) } ?? ""
            rest = separator.map { rest[$0.upperBound...] } ?? rest
            slash = rest.hasSuffix("/")
            if slash { rest = rest.dropLast() }
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            path = String(rest[end...])
            let authority = rest[..<end].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = String(authority.first ?? "")
            let standard = ["https": "443", "http": "80"][scheme] ?? ""
            port = authority.count > 1 ? String(authority[1]) : standard
        }
    }
}
