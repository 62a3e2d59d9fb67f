// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Cryptography
import Dispatch
import Synchronization

/// The configuration file of a process: what it contained at the start, and what was tried last.
final class ConfigurationFile: Sendable {
    let path: String
    let startText: String
    private let last: Mutex<String>

    init(_ path: String) throws(ConfigurationError) {
        self.path = path
        startText = try SettingsFile.text(path)
        last = Mutex(startText)
    }

    /// The text that the start or a reload tried last, whether it is in use or has mistakes.
    var tried: String { last.withLock { $0 } }

    func tries(_ text: String) { last.withLock { $0 = text } }

    /// What the file contains now. Disk reads can block, so they run outside the cooperative thread pool.
    func reread() async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { [path] in
                continuation.resume(with: Result { try SettingsFile.text(path) })
            }
        }
    }

    /// Identifies a text in the log: the begin of its SHA-256.
    static func digest(_ text: String) -> String { String(SHA256.digest(Array(text.utf8)).hex.prefix(12)) }
}
