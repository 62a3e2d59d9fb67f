// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A file with one of Purser's secrets: a signing key or the pseudonym key.
enum SecretFile {
    /// - Throws: what was found and what was expected, never the content.
    static func content(
        _ path: String, relativeTo file: String, expected: String
    ) throws(KeyFileError) -> (bytes: [UInt8], path: String) {
        let url = SettingsFile.url(path, relativeTo: file)
        func problem(_ found: String) -> KeyFileError {
            KeyFileError(description: "\(url.path): \(found); expected \(expected)")
        }
        guard let handle = try? FileHandle(forReadingFrom: url),
            let data = try? handle.read(upToCount: SecretReader.limit + 1)
        else {
            throw problem("can't be read")
        }
        guard data.count <= SecretReader.limit else { throw problem("is larger than 64 KiB") }
        // Mounted secrets are often readable by a group, which is accepted. A file that everyone may read is rejected.
        var status = stat()
        guard unsafe fstat(handle.fileDescriptor, &status) == 0, status.st_mode & S_IROTH == 0 else {
            throw problem("may be read by everyone (chmod o-r)")
        }
        // Whoever may write to it may put their own key in its place.
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw problem("may be written by its group or by everyone (chmod go-w)")
        }
        return ([UInt8](data), url.path)
    }
}
