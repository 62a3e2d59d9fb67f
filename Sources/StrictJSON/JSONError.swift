// SPDX-License-Identifier: Apache-2.0

/// Why the strict parser rejects a text.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        case notUTF8 = "not UTF-8"
        case byteOrderMark = "a byte order mark"
        case ended = "an unexpected end"
        case unexpected = "an unexpected character"
        case controlCharacter = "a control character in a string"
        case escape = "an invalid escape"
        case loneSurrogate = "an unpaired surrogate"
        case nul = "a NUL character"
        case number = "a malformed number"
        case duplicateMember = "a duplicate member in an object"
        case tooDeep = "more than 32 levels"
        /// Only the scanner has this limit.
        case tooManyNames = "more than 1024 member names in open objects"
        case trailingData = "data after the end"
        case notObject = "not an object"
    }

    package let kind: Kind
    /// In bytes from the start of the document.
    package let offset: Int

    package var description: String { "\(kind.rawValue) at byte \(offset)" }
}
