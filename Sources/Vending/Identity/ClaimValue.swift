// SPDX-License-Identifier: Apache-2.0

import StrictJSON

/// A claim's value, in the types that requirements can compare. Types are never converted.
///
/// Prints itself as its type, because the claims of a user must not appear in logs.
package enum ClaimValue: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    case string(String)
    /// Within ±2^53, where every integer has an exact representation.
    case number(Double)
    case boolean(Bool)
    case list([ClaimValue])
    /// An object, or a value that is too large to keep. Equal to no value.
    case other

    package static let numberLimit = 9_007_199_254_740_992.0

    package static func == (left: ClaimValue, right: ClaimValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): left.isExactly(right)
        case (.number(let left), .number(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .string(let text): hasher.combine(bytesOf: text)
        case .number(let number): hasher.combine(number)
        case .boolean(let flag): hasher.combine(flag)
        case .list(let values): hasher.combine(values)
        case .other: break
        }
    }

    /// Approximate size in memory, in bytes.
    package var size: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .number, .boolean, .other: 8
        case .list(let values): values.reduce(8) { $0 + $1.size }
        }
    }

    package var description: String {
        switch self {
        case .string: "a string"
        case .number: "a number"
        case .boolean(let flag): "\(flag)"
        case .list(let values): "a list of \(values.count)"
        case .other: "not a string, a number, a boolean or a list of them"
        }
    }

    package var debugDescription: String { description }
}
