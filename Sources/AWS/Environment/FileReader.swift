// SPDX-License-Identifier: Apache-2.0

/// Port: reads the files that contain credentials and their settings.
package protocol FileReader: Sendable {
    /// The file's current content. Blocks on the disk.
    /// - Parameter limit: maximum bytes; a longer file is an error.
    /// - Returns: `nil` if the file does not exist.
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]?
}

/// Why an existing file cannot be read, as fixed text that follows its path.
package struct FileError: Error, Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

extension FileReader {
    /// The text of a required UTF-8 file.
    func text(_ path: String, limit: Int) throws(BrokerCredentialError) -> String {
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try read(path, limit: limit)
        } catch {
            throw BrokerCredentialError("\(path) \(error.text)")
        }
        guard let bytes else { throw BrokerCredentialError("\(path) does not exist") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw BrokerCredentialError("\(path) is not UTF-8")
        }
        return text
    }
}
