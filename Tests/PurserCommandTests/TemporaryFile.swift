import Foundation

/// A file for the length of `body`.
enum TemporaryFile {
    static func with<Result>(_ text: String, _ body: (_ path: String) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }
}
