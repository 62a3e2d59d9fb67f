import HTTPTypes
import Hummingbird

/// Answers only who speaks to this machine by an address or as localhost: a page whose name was made to lead here (DNS
/// rebinding) speaks to us by that name, and learns nothing.
struct SandboxHosts: RouterMiddleware {
    typealias Context = BasicRequestContext

    static func isLoopback(_ host: String) -> Bool {
        host.hasPrefix("127.") || host == "::1" || host == "localhost"
    }

    static func isOwn(_ authority: String) -> Bool {
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
        guard let authority = request.head.authority, Self.isOwn(authority), request.headers[values: .host].isEmpty
        else {
            return Response(status: .misdirectedRequest)
        }
        return try await next(request, context)
    }
}

extension HTTPField.Name {
    /// A second one: the first became the authority.
    fileprivate static let host = Self("host")!
}
