package import NIOCore

/// The body of a request, as far as it was read.
package enum RequestBody: Sendable {
    case content(ByteBuffer)
    /// It is longer than the limit.
    case tooLarge
    /// The budget of bodies is spent: it was not read.
    case noRoom

    package static let none = RequestBody.content(ByteBuffer())
}
