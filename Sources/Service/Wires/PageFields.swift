// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Vending

/// Custom header fields of a page, as a preflight request names them.
enum PageFields {
    private static let limit = 16
    private static let nameLimit = 64

    /// Returns the first 16 well-formed names that begin with `x-`; the preflight response allows no other custom
    /// field.
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
