import Foundation
import Tokens

/// A file of pinned keys.
enum KeyFile {
    /// - Parameters:
    ///   - path: as the configuration file gives it, relative to `file`.
    /// - Throws: what was found and what was expected.
    static func read(_ path: String, relativeTo file: String) throws(Problem) -> KeySet {
        let url = URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: file).deletingLastPathComponent())
        func problem(_ words: String) -> Problem {
            Problem(words: "\(url.path): \(words); expected a JWKS or PEM file with at least one usable public key")
        }
        guard let handle = try? FileHandle(forReadingFrom: url),
            let data = try? handle.read(upToCount: KeySet.documentLimit + 1)
        else { throw problem("can't be read") }
        do throws(KeySetProblem) {
            return try KeySet(file: [UInt8](data))
        } catch {
            throw problem("\(error)")
        }
    }

    struct Problem: Error {
        let words: String
    }
}
