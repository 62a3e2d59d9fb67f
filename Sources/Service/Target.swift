package import Vending

/// What a request's path names. Matched byte for byte: no percent-decoding, no case folding, the query ignored.
package struct Target: Hashable, Sendable {
    package enum Resource: String, CaseIterable, Sendable {
        case credentials
        case guestCredentials = "guest-credentials"
    }

    package let app: AppName
    package let resource: Resource

    /// `nil` where the path is none of the service's.
    package init?(path: String?) {
        guard let path else { return nil }
        let query = path.utf8.firstIndex(of: UInt8(ascii: "?")) ?? path.endIndex
        let segments = path[..<query].split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count == 5, segments[0].isEmpty, segments[1] == "v1", segments[2] == "apps",
            let app = AppName(String(segments[3])), let resource = Resource(rawValue: String(segments[4]))
        else { return nil }
        self.app = app
        self.resource = resource
    }
}
