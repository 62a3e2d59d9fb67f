import Foundation

/// A file that goes with its owner.
final class TemporaryFile {
    let path: String

    init(_ text: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(text.utf8).write(to: file)
        path = file.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func setPermissions(_ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// A file for the length of `body`.
    static func with<Result>(_ text: String, _ body: (_ path: String) throws -> Result) throws -> Result {
        let file = try TemporaryFile(text)
        return try withExtendedLifetime(file) { try body(file.path) }
    }
}
