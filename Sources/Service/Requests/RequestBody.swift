// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The body of a request, as far as it was read.
package enum RequestBody: Sendable {
    case content(ByteBuffer)
    /// The body exceeds its limit.
    case tooLarge
    /// The budget of request bodies is exhausted, so the body was not read.
    case noRoom

    package static let none = RequestBody.content(ByteBuffer())
}
