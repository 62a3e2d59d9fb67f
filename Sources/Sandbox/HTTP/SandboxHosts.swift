// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// Protects against DNS rebinding: answers 421 unless the request's authority is an IP address or a localhost name.
///
/// A page whose host name was made to resolve to this machine sends that name, so it cannot read any response.
struct SandboxHosts: RouterMiddleware {
    typealias Context = BasicRequestContext

    static func isLoopback(_ host: String) -> Bool {
        host.hasPrefix("127.") || host == "::1" || host == "localhost"
    }

    static func isAllowed(_ authority: String) -> Bool {
        let authority = authority.lowercased()
        let hasPort = authority.last != "]" && authority.contains(":")
        let host = hasPort ? authority.prefix(upTo: authority.lastIndex(of: ":") ?? authority.endIndex) : authority[...]
        let isNumbers = host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        return host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("[") && host.hasSuffix("]")
            || isNumbers && host.split(separator: ".", omittingEmptySubsequences: false).count == 4
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let authority = request.head.authority, Self.isAllowed(authority), request.headers[values: .host].isEmpty
        else {
            return Response(status: .misdirectedRequest)
        }
        return try await next(request, context)
    }
}

extension HTTPField.Name {
    /// A second `Host` header; the HTTP server moves the first one to the authority.
    fileprivate static let host = Self("host")!
}
