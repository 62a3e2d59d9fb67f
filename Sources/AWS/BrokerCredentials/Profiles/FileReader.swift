/// The port to the files that credentials and their settings are in.
package protocol FileReader: Sendable {
    /// The whole file now. Waits for the disk.
    /// - Parameter limit: bytes at most; a longer file is a problem.
    /// - Returns: `nil` where there is none.
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]?
}

/// Why a file that is there can't be had, in fixed words that follow its path.
package struct FileError: Error, Hashable, Sendable {
    package let words: String

    package init(_ words: String) {
        self.words = words
    }
}

extension FileReader {
    /// A file that has to be there and is to be text.
    func text(_ path: String, limit: Int) throws(BrokerCredentialError) -> String {
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try read(path, limit: limit)
        } catch {
            throw BrokerCredentialError("\(path) \(error.words)")
        }
        guard let bytes else { throw BrokerCredentialError("\(path) does not exist") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw BrokerCredentialError("\(path) is not UTF-8")
        }
        return text
    }
}
