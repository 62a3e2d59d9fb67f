// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file that is deleted together with this object.
package final class TemporaryFile {
    package let path: String

    package init(_ text: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(text.utf8).write(to: file)
        path = file.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    package func setPermissions(_ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// Makes a file that exists while `body` runs.
    package static func with<Result>(_ text: String, _ body: (_ path: String) throws -> Result) throws -> Result {
        let file = try TemporaryFile(text)
        return try withExtendedLifetime(file) { try body(file.path) }
    }
}
