import StrictJSON

/// A claim's value as far as requirements can speak of it. Types are never converted.
///
/// Prints itself as its type: what a token says of its holder stays out of logs.
package enum ClaimValue: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    case string(String)
    /// Within ±2^53, where each integer has a number of its own.
    case number(Double)
    case boolean(Bool)
    case list([ClaimValue])
    /// An object, or what would be too large to keep. Equal to nothing that can be asked for.
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

    /// Bytes that keeping it takes, about.
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
        case .other: "neither text, number, boolean nor a list of them"
        }
    }

    package var debugDescription: String { description }
}
