// SPDX-License-Identifier: Apache-2.0

/// Credentials encoded once: the body of the native response, the ranges of its fields, and what the response does not
/// contain. Other response formats copy the fields; nothing decodes the body.
///
/// The end of the body is the same for all sessions of a monitor, so they share it.
///
/// The fields need no escaping in JSON: visible ASCII without `"` and `\`. Prints itself redacted.
package struct EncodedCredentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Maximum number of bytes.
    package static let limit = Int(UInt16.max)

    /// The begin of the body, and behind it the ids.
    private let bytes: [UInt8]
    private let bodyEnd: UInt16
    private let tail: [UInt8]
    private let ranges:
        (
            accessKeyID: FieldRange, secretAccessKey: FieldRange, sessionToken: FieldRange, expiration: FieldRange,
            assumedRoleID: FieldRange, requestID: FieldRange, parentAccessKeyID: FieldRange
        )

    /// A range of the bytes in a quarter of the size of `Range<Int>`, because the cache keeps many.
    private struct FieldRange: Sendable {
        let start: UInt16
        let end: UInt16

        init(_ range: Range<Int>) {
            start = UInt16(range.lowerBound)
            end = UInt16(range.upperBound)
        }
    }

    /// - Parameters:
    ///   - bytes: the begin of the body and the ids, up to `limit` bytes.
    ///   - body: how many of the bytes belong to the body.
    ///   - tail: the rest of the body.
    ///   - accessKeyID: the range of the value in `bytes` without its quotes, as for the three fields that follow.
    ///   - assumedRoleID: the range of AssumedRoleUser `AssumedRoleId`; empty if there is none.
    ///   - requestID: the same for AWS's request id.
    ///   - parentAccessKeyID: the same for the key of the session that they were made from.
    package init(
        bytes: [UInt8], body: Int, tail: [UInt8] = [], accessKeyID: Range<Int>, secretAccessKey: Range<Int>,
        sessionToken: Range<Int>, expiration: Range<Int>, assumedRoleID: Range<Int> = 0..<0,
        requestID: Range<Int> = 0..<0, parentAccessKeyID: Range<Int> = 0..<0
    ) {
        self.bytes = bytes
        self.tail = tail
        bodyEnd = UInt16(body)
        ranges = (
            FieldRange(accessKeyID), FieldRange(secretAccessKey), FieldRange(sessionToken), FieldRange(expiration),
            FieldRange(assumedRoleID), FieldRange(requestID), FieldRange(parentAccessKeyID)
        )
    }

    /// The body in two parts, one after the other.
    package var body: (begin: ArraySlice<UInt8>, end: [UInt8]) { (bytes[..<Int(bodyEnd)], tail) }
    /// The same, as memory that is valid during the call.
    func withBody(_ read: (_ begin: UnsafeRawBufferPointer, _ end: UnsafeRawBufferPointer) -> Void) {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe tail.withUnsafeBytes { tail in
                unsafe read(UnsafeRawBufferPointer(rebasing: bytes[..<Int(bodyEnd)]), tail)
            }
        }
    }
    /// Bytes of the body.
    package var bodyCount: Int { Int(bodyEnd) + tail.count }
    package var accessKeyID: ArraySlice<UInt8> { slice(ranges.accessKeyID) }
    package var secretAccessKey: ArraySlice<UInt8> { slice(ranges.secretAccessKey) }
    package var sessionToken: ArraySlice<UInt8> { slice(ranges.sessionToken) }
    /// RFC 3339 in UTC.
    package var expiration: ArraySlice<UInt8> { slice(ranges.expiration) }
    /// `ROLEID:SESSIONNAME`; `nil` if the exchange does not return it. Not secret.
    package var assumedRoleID: String? { text(ranges.assumedRoleID) }
    /// AWS's request id of the call that returned the credentials. Not secret.
    package var requestID: String? { text(ranges.requestID) }
    /// The key of the session that the credentials were made from; `nil` if they are a session's own. Not secret.
    package var parentAccessKeyID: String? { text(ranges.parentAccessKeyID) }

    /// Bytes that the encoder reserved for nothing.
    package var unusedCapacity: Int { bytes.capacity - bytes.count }

    package var description: String { "[redacted credentials]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    private func slice(_ range: FieldRange) -> ArraySlice<UInt8> { bytes[Int(range.start)..<Int(range.end)] }

    private func text(_ range: FieldRange) -> String? {
        let bytes = slice(range)
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
