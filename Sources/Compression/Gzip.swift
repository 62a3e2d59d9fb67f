/// The gzip format (RFC 1952).
package enum Gzip {
}

package enum GzipError: Error, Hashable, Sendable {
    /// Not gzip, damaged, cut off, or followed by something.
    case malformed
    /// More than the limit comes out of it.
    case tooLarge
    /// The system has no memory for it.
    case outOfMemory
}
