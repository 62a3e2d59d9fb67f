// SPDX-License-Identifier: Apache-2.0

/// The decoded name of the member that is being scanned: a digest of any length, and the text if it is short.
///
/// The digest is 64 bits of a hash function with a random key, so that nobody can construct names with equal digests.
/// Equal names always have equal digests; should two different names have one digest, the document is rejected.
struct ScannedName {
    /// The last bytes of the name: whole blocks are added to the digest as they fill up.
    private var block: [UInt8] = []
    private let blockSize: Int
    private var hasher = Hasher()
    /// Whether the block holds the whole name.
    private var isWhole = true

    /// - Parameter longestComparison: the length of the longest name that names are compared with, in bytes.
    init(longestComparison: Int) {
        // A character that equals an ASCII letter when case is ignored has at most 3 bytes.
        blockSize = max(64, 3 * longestComparison)
        block.reserveCapacity(blockSize)
    }

    var bufferBytes: Int { block.capacity }

    mutating func begin(atDepth depth: Int) {
        block.removeAll(keepingCapacity: true)
        isWhole = true
        hasher = Hasher()
        hasher.combine(depth)
    }

    mutating func append(_ byte: UInt8) {
        if block.count == blockSize {
            addBlock()
            block.removeAll(keepingCapacity: true)
            isWhole = false
        }
        block.append(byte)
    }

    /// Ends the name.
    /// - Returns: the digest of the name and the depth of its object.
    mutating func end() -> UInt64 {
        addBlock()
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    private mutating func addBlock() {
        unsafe block.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }

    func isSpelled(as name: [UInt8]) -> Bool {
        isWhole && block == name
    }

    /// - Parameter name: in ASCII, at most as long as the longest comparison.
    func isSpelledIgnoringCase(as name: [UInt8]) -> Bool {
        guard isWhole, block.count >= name.count else { return false }
        return String(decoding: block, as: UTF8.self).unicodeScalars.lazy.map(Self.folded)
            .elementsEqual(String(decoding: name, as: UTF8.self).unicodeScalars.lazy.map(Self.folded))
    }

    /// The lower case of an ASCII letter, and of the four other characters whose upper or lower case is an ASCII letter:
    /// readers that ignore case differ in these.
    static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "A"..."Z": Unicode.Scalar(UInt8(scalar.value) | 0x20)
        case "\u{130}", "\u{131}": "i"
        case "\u{17F}": "s"
        case "\u{212A}": "k"
        default: scalar
        }
    }
}
