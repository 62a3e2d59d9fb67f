// SPDX-License-Identifier: Apache-2.0

import StrictJSON

/// The user that a token identifies: `sub`, unique within its issuer and opaque to Purser (RFC 7519 §4.1.2).
///
/// Prints itself redacted: a subject is personal data and must not appear in logs.
package struct Subject: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    // Byte equality: the subjects "é" and "e\u{301}" are two users.
    package static func == (left: Subject, right: Subject) -> Bool {
        left.rawValue.isExactly(right.rawValue)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(bytesOf: rawValue)
    }

    package var description: String { "[redacted subject]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
