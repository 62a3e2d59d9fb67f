// SPDX-License-Identifier: Apache-2.0

package import StrictJSON

/// Compares the scanner with the strict parser: in pieces of any size, the scanner accepts what the parser accepts, and
/// finds the user id that an evaluation of the parsed document finds.
package enum BatchProperties {
    private static let path = ["UserDetails", "userId"]
    /// Short, so that inputs exceed it.
    package static let valueLimit = 16

    /// - Returns: whether the document is valid JSON and an object.
    package static func check(_ input: [UInt8]) throws(PropertyViolation) -> Bool {
        let expected = expected(input)
        try check(input, [input.count], expected)
        try check(input, [1], expected)
        // Sizes that depend on the input, so that the same input gives the same pieces.
        try check(input, input.prefix(16).map { Int($0 % 13) + 1 }, expected)
        return expected != nil
    }

    /// Compares the finding for all divisions of the input into two pieces.
    package static func checkDivisions(_ input: [UInt8]) throws(PropertyViolation) {
        let expected = expected(input)
        for count in 0...input.count { try check(input, [count, input.count - count], expected) }
    }

    private static func check(
        _ input: [UInt8], _ sizes: [Int], _ expected: JSONFinding?
    ) throws(PropertyViolation) {
        let found: JSONFinding?
        do throws(JSONError) {
            found = try scan(input, sizes)
        } catch {
            // The parser has no such limit.
            if error.kind == .tooManyNames { return }
            found = nil
        }
        guard found != expected else { return }
        func description(_ finding: JSONFinding?) -> String { finding.map { "\($0)" } ?? "rejection" }
        throw PropertyViolation(
            "the scanner returns \(description(found)) and the parser \(description(expected)), pieces \(sizes)")
    }

    /// - Parameter sizes: of the pieces, repeated until the end.
    package static func scan(_ input: [UInt8], _ sizes: [Int]) throws(JSONError) -> JSONFinding {
        var scanner = JSONScanner(path: path, valueLimit: valueLimit)
        var start = 0
        var number = 0
        while start < input.count || number < sizes.count {
            let end = min(start + (sizes.isEmpty ? 1 : sizes[number % sizes.count]), input.count)
            try scanner.feed(input.span.extracting(start..<end))
            start = end
            number += 1
        }
        return try scanner.finish()
    }

    /// What the parser finds; `nil` if it rejects the document.
    private static func expected(_ input: [UInt8]) -> JSONFinding? {
        guard case .object(var object) = try? JSONValue.parse(input) else { return nil }
        for (step, name) in path.enumerated() {
            let members = object.members.filter { isAlike($0.name, name) }
            guard let first = members.first else { return .absent }
            guard members.count == 1, Array(first.name.utf8) == Array(name.utf8) else {
                return .misspelled(step: step)
            }
            switch first.value {
            case .null: return .absent
            case .object(let inner) where step < path.count - 1: object = inner
            case .string(let text) where step == path.count - 1:
                return text.utf8.count > valueLimit ? .tooLong : .string(text)
            default: return .wrongType(first.value.type, step: step)
            }
        }
        return nil
    }

    /// Whether each character has the upper or the lower case of the other.
    private static func isAlike(_ text: String, _ name: String) -> Bool {
        let text = text.unicodeScalars.map(\.properties)
        let name = name.unicodeScalars.map(\.properties)
        return text.count == name.count
            && zip(text, name).allSatisfy { text, name in
                text.uppercaseMapping == name.uppercaseMapping
                    || text.lowercaseMapping.unicodeScalars.first == name.lowercaseMapping.unicodeScalars.first
            }
    }
}
