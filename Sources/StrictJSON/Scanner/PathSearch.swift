// SPDX-License-Identifier: Apache-2.0

/// Follows a path of member names through the objects of a document and keeps the string at its end.
struct PathSearch {
    private let path: [[UInt8]]
    /// In bytes.
    private let valueLimit: Int
    /// The number of steps whose objects are open. The objects on the path are the outermost open containers.
    private var step = 0
    /// Whether the next value is the one at `step`.
    private var isNext = false
    private var misspelled: Int?
    private var result = JSONFinding.absent
    private var value: [UInt8] = []

    init(path: [[UInt8]], valueLimit: Int) {
        self.path = path
        self.valueLimit = valueLimit
    }

    var bufferBytes: Int { value.capacity }

    /// - Parameter depth: the number of open containers; the innermost is the object of the name.
    mutating func take(_ name: borrowing ScannedName, atDepth depth: Int) {
        guard depth == step + 1, step < path.count else { return }
        if name.isSpelled(as: path[step]) {
            isNext = true
        } else if name.isSpelledIgnoringCase(as: path[step]) {
            misspelled = min(misspelled ?? step, step)
        }
    }

    /// - Returns: whether the value is the string at the path.
    mutating func beginValue(_ type: JSONType) -> Bool {
        guard isNext else { return false }
        isNext = false
        let isLast = step == path.count - 1
        switch type {
        case .null: break
        case .object where !isLast: step += 1
        case .string where isLast:
            result = .string("")
            value.reserveCapacity(min(valueLimit, 64))
            return true
        default: result = .wrongType(type, step: step)
        }
        return false
    }

    /// Adds a byte to the string at the path.
    mutating func append(_ byte: UInt8) {
        guard value.count < valueLimit else {
            result = .tooLong
            return
        }
        value.append(byte)
    }

    /// - Parameter depth: the number of open containers, including the one that ends.
    mutating func endContainer(atDepth depth: Int) {
        if step > 0, depth == step + 1 { step -= 1 }
    }

    /// The result for the whole document. A misspelled name comes first: the result at a later step depends on it.
    var finding: JSONFinding {
        if let misspelled { return .misspelled(step: misspelled) }
        if case .string = result { return .string(String(decoding: value, as: UTF8.self)) }
        return result
    }
}
