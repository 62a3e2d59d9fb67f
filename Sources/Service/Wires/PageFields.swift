import HTTPTypes
import Vending

/// Header fields of a page's own that a preflight asks for.
enum PageFields {
    private static let limit = 16
    private static let nameLimit = 64

    /// The well-formed names that begin with `x-`, the first 16 of them; the others are not allowed.
    static func named(in fields: HTTPFields) -> [String] {
        guard let list = fields[.accessControlRequestHeaders], list.utf8.count <= 2_048 else { return [] }
        return Array(
            list.split(separator: ",").map { $0.filter { $0 != " " }.lowercased() }.filter(isPageField).prefix(limit))
    }

    private static func isPageField(_ name: String) -> Bool {
        name.hasPrefix("x-") && (3...nameLimit).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
}
