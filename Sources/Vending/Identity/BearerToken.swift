// SPDX-License-Identifier: Apache-2.0

/// The unverified bearer token of a request (RFC 6750 §2.1). Prints itself redacted.
package struct BearerToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let rawValue: String
    /// Digest of all bytes, computed once. It is the key of cached verdicts, and identifies the token in the audit
    /// trail.
    package let digest: SHA256Digest

    package init(_ rawValue: String, digest: SHA256Digest) {
        self.rawValue = rawValue
        self.digest = digest
    }

    package var description: String { "[redacted token]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
