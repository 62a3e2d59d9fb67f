/// The port to the files that credentials and their settings are in.
package protocol FileReading: Sendable {
    /// The whole file now. Waits for the disk.
    /// - Parameter limit: bytes at most; a longer file is a problem.
    /// - Returns: `nil` where there is none.
    func read(_ path: String, limit: Int) throws(FileProblem) -> [UInt8]?
}

/// Why a file that is there can't be had, in fixed words that follow its path.
package struct FileProblem: Error, Hashable, Sendable {
    package let words: String

    package init(_ words: String) {
        self.words = words
    }
}

extension FileReading {
    /// A file that has to be there and is to be text.
    func text(_ path: String, limit: Int) throws(OwnCredentialProblem) -> String {
        let bytes: [UInt8]?
        do throws(FileProblem) {
            bytes = try read(path, limit: limit)
        } catch {
            throw OwnCredentialProblem("\(path) \(error.words)")
        }
        guard let bytes else { throw OwnCredentialProblem("\(path) does not exist") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw OwnCredentialProblem("\(path) is not UTF-8")
        }
        return text
    }
}
