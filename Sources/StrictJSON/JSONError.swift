/// Why a text is not the JSON that is accepted here.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        case notUTF8 = "not UTF-8"
        case byteOrderMark = "a byte order mark"
        case ended = "ended too early"
        case unexpected = "an unexpected character"
        case controlCharacter = "a control character in a string"
        case escape = "an invalid escape"
        case loneSurrogate = "half of a surrogate pair"
        case nul = "a NUL character"
        case number = "a malformed number"
        case duplicateMember = "a member twice in one object"
        case tooDeep = "more than 32 levels"
        case trailingData = "data after the end"
        case notObject = "not an object"
    }

    package let kind: Kind
    /// Where, in bytes from the start.
    package let offset: Int

    package var description: String { "\(kind.rawValue) at byte \(offset)" }
}
