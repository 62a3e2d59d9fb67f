// SPDX-License-Identifier: Apache-2.0

/// Credentials encoded once: the body of the native response, and the ranges of its fields. Other response formats copy
/// the fields; nothing decodes the body.
///
/// The fields need no escaping in JSON: visible ASCII without `"` and `\`. Prints itself redacted.
package struct EncodedCredentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let body: [UInt8]
    private let ranges:
        (accessKeyID: FieldRange, secretAccessKey: FieldRange, sessionToken: FieldRange, expiration: FieldRange)

    /// A range of the body in half the size of `Range<Int>`.
    private struct FieldRange: Sendable {
        let start: UInt32
        let end: UInt32

        init(_ range: Range<Int>) {
            start = UInt32(range.lowerBound)
            end = UInt32(range.upperBound)
        }
    }

    /// - Parameters:
    ///   - body: up to 4 GiB.
    ///   - accessKeyID: the range of the value in `body` without its quotes, as for the other fields.
    package init(
        body: [UInt8], accessKeyID: Range<Int>, secretAccessKey: Range<Int>, sessionToken: Range<Int>,
        expiration: Range<Int>
    ) {
        self.body = body
        ranges = (
            FieldRange(accessKeyID), FieldRange(secretAccessKey), FieldRange(sessionToken), FieldRange(expiration)
        )
    }

    package var accessKeyID: ArraySlice<UInt8> { slice(ranges.accessKeyID) }
    package var secretAccessKey: ArraySlice<UInt8> { slice(ranges.secretAccessKey) }
    package var sessionToken: ArraySlice<UInt8> { slice(ranges.sessionToken) }
    /// RFC 3339 in UTC.
    package var expiration: ArraySlice<UInt8> { slice(ranges.expiration) }

    package var description: String { "[redacted credentials]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    private func slice(_ range: FieldRange) -> ArraySlice<UInt8> { body[Int(range.start)..<Int(range.end)] }
}
