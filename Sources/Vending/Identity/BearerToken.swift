/// A bearer credential as it came with the request (RFC 6750 §2.1), not yet verified. Prints itself redacted.
package struct BearerToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let rawValue: String
    /// Of all its bytes: verdicts are remembered by it, and the audit trail names the token by it. Computed once.
    package let digest: SHA256Digest

    package init(_ rawValue: String, digest: SHA256Digest) {
        self.rawValue = rawValue
        self.digest = digest
    }

    package var description: String { "[redacted token]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
