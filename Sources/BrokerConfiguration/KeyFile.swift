// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Tokens

/// A key file, which pins an issuer's keys, with the content that was read last.
package struct KeyFile: Sendable {
    package let url: URL
    package let content: [UInt8]
    package let keys: KeySet

    /// - Parameters:
    ///   - path: as written in the configuration file, relative to `file`.
    /// - Throws: what was found and what was expected.
    init(_ path: String, relativeTo file: String) throws(KeyFileError) {
        let url = SettingsFile.url(path, relativeTo: file)
        func problem(_ found: String) -> KeyFileError {
            KeyFileError(description: "\(url.path): \(found); expected \(Self.expected)")
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

    /// Reads the current content. Disk reads can block, so they run outside the cooperative thread pool.
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

/// Why a key file is invalid: what was found and what was expected.
package struct KeyFileError: Error, CustomStringConvertible {
    package let description: String
}
