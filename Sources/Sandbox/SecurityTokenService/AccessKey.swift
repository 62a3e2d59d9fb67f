// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// An access key in AWS's form. Its printed forms are redacted.
package struct AccessKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// 20 characters.
    package let id: String
    /// 40 characters.
    package let secret: String

    /// - Parameter prefix: `AKIA` for a long-term key, `ASIA` for a session's.
    init(prefix: String, random: RandomBytes) {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        let rest = random(20 - prefix.utf8.count).map { letters[Int($0 & 31)] }
        id = prefix + String(decoding: rest, as: UTF8.self)
        secret = Data(random(30)).base64EncodedString()
    }

    package var description: String { "[redacted access key]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
