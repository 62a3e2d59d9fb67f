import Foundation
import Glibc

/// A file that holds a secret of Purser's own.
enum SecretFile {
    private static let limit = 64 << 10

    /// - Throws: what was found and what was expected, and nothing of the content.
    static func content(
        _ path: String, relativeTo file: String, expected: String
    ) throws(KeyFileError) -> (bytes: [UInt8], path: String) {
        let url = SettingsFile.url(path, relativeTo: file)
        func problem(_ words: String) -> KeyFileError {
            KeyFileError(description: "\(url.path): \(words); expected \(expected)")
        }
        guard let handle = try? FileHandle(forReadingFrom: url), let data = try? handle.read(upToCount: limit + 1)
        else {
            throw problem("can't be read")
        }
        guard data.count <= limit else { throw problem("is larger than 64 KiB") }
        // Mounted secrets are often readable by a group; what anybody may read is no secret.
        var status = stat()
        guard unsafe fstat(handle.fileDescriptor, &status) == 0, status.st_mode & S_IROTH == 0 else {
            throw problem("may be read by everyone (chmod o-r)")
        }
        return ([UInt8](data), url.path)
    }
}
