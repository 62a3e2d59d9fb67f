// SPDX-License-Identifier: Apache-2.0

/// Checks a JSON document that arrives in pieces of any size, and finds the string at one path of member names.
///
/// The document must be an object. The scanner rejects what `JSONValue.parse` rejects. It also rejects a document with
/// more than `OpenNames.limit` member names in the objects that are open at one position. It builds no values: its
/// memory has an upper bound that does not depend on the document.
///
/// This file has the API and the dispatch; the grammar is in the extensions.
package struct JSONScanner: ~Copyable {
    var state = State.start
    /// The number of bytes before the current piece.
    private var consumed = 0
    private var failure: JSONError?

    /// The number of open objects and arrays.
    var depth = 0
    /// One bit for each open level, the outermost in the lowest bit: 1 for an object, 0 for an array.
    var objects: UInt32 = 0
    var openNames = OpenNames()
    var name: ScannedName
    var search: PathSearch

    /// Where the text of the current string goes.
    var destination = Destination.nowhere
    var utf8 = UTF8Sequence()
    var escape = UnicodeEscape()
    /// The rest of the current literal, with the next byte in the lowest bits.
    var literal: UInt32 = 0

    enum State {
        case start, value, firstElement, firstName, nextName, colon, afterValue, end
        case text, escape, hexadecimal, trailBackslash, trailMark
        case minus, zero, integer, point, fraction, exponentMark, exponentSign, exponent
        case literal
    }

    enum Destination {
        case nowhere, name, value
    }

    /// - Parameters:
    ///   - path: ASCII names of members, from the outermost object inwards. An empty path finds nothing.
    ///   - valueLimit: the maximum length of the string at the path, in bytes of its decoded text.
    package init(path: [String], valueLimit: Int) {
        let path = path.map { Array($0.utf8) }
        name = ScannedName(longestComparison: path.map(\.count).max() ?? 0)
        search = PathSearch(path: path, valueLimit: valueLimit)
    }

    /// Checks the next piece. After an error, every further call throws the same error.
    package mutating func feed(_ piece: Span<UInt8>) throws(JSONError) {
        if let failure { throw failure }
        do throws(JSONError) {
            try scan(piece)
        } catch {
            failure = error
            throw error
        }
        consumed += piece.count
    }

    /// Ends the document.
    package consuming func finish() throws(JSONError) -> JSONFinding {
        if let failure { throw failure }
        guard state == .end else { throw problem(.ended, at: 0) }
        return search.finding
    }

    /// The size of all buffers, in bytes.
    var bufferBytes: Int { openNames.bufferBytes + name.bufferBytes + search.bufferBytes }

    private mutating func scan(_ bytes: Span<UInt8>) throws(JSONError) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .text: try scanText(bytes, &index)
            case .start, .value, .firstElement, .firstName, .nextName, .colon, .afterValue, .end:
                try scanStructure(bytes, &index)
            case .minus, .zero, .integer, .point, .fraction, .exponentMark, .exponentSign, .exponent:
                try scanNumber(bytes, &index)
            case .escape, .hexadecimal, .trailBackslash, .trailMark:
                try scanEscape(bytes[index], at: index)
                index += 1
            case .literal:
                try scanLiteral(bytes[index], at: index)
                index += 1
            }
        }
    }

    /// - Parameter index: the position in the current piece.
    func problem(_ kind: JSONError.Kind, at index: Int) -> JSONError {
        JSONError(kind: kind, offset: consumed + index)
    }
}
