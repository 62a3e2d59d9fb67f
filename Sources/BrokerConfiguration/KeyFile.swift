package import Foundation
package import Tokens

/// A file of pinned keys, as it was when it was read.
package struct KeyFile: Sendable {
    package let url: URL
    package let content: [UInt8]
    package let keys: KeySet

    /// - Parameters:
    ///   - path: as the configuration file gives it, relative to `file`.
    /// - Throws: what was found and what was expected.
    init(_ path: String, relativeTo file: String) throws(KeyFileError) {
        let url = SettingsFile.url(path, relativeTo: file)
        func problem(_ words: String) -> KeyFileError {
            KeyFileError(description: "\(url.path): \(words); expected \(Self.expected)")
        }
        do throws(KeyFileError) {
            content = try Self.content(of: url)
        } catch {
            throw problem("\(error)")
        }
        do throws(KeySetError) {
            keys = try KeySet(file: content)
        } catch {
            throw problem("\(error)")
        }
        self.url = url
    }

    /// The content now. Disks may take their time, so no thread of the tasks' waits for them.
    package static func reread(_ url: URL) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(with: Result { try content(of: url) })
            }
        }
    }

    private static func content(of url: URL) throws(KeyFileError) -> [UInt8] {
        guard let handle = try? FileHandle(forReadingFrom: url),
            let data = try? handle.read(upToCount: KeySet.documentLimit + 1)
        else { throw KeyFileError(description: "can't be read") }
        return [UInt8](data)
    }

    private static let expected = "a JWKS or PEM file with at least one usable public key"

}

/// Why a file of keys is refused: what was found and what was expected.
package struct KeyFileError: Error, CustomStringConvertible {
    package let description: String
}
