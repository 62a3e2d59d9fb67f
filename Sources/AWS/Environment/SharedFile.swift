// SPDX-License-Identifier: Apache-2.0

/// One of the shared files ("Shared config and credentials files", AWS SDKs and Tools Reference Guide), parsed.
struct SharedFile: Sendable {
    struct Section: Sendable {
        /// The text between the brackets, with runs of blanks collapsed to one.
        let header: String
        var properties: [String: Property] = [:]
    }

    struct Property: Sendable, CustomReflectable, CustomStringConvertible {
        var value: String
        /// Settings indented below a name without a value: `s3 =`, or a service of a `services` section.
        var nested: [String: String] = [:]

        var description: String { "[property]" }
        var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    /// In file order. A header can occur more than once.
    let sections: [Section]

    /// In bytes; far above the size of any real file.
    static let sizeLimit = 1 << 20

    /// - Returns: no sections if the file does not exist.
    static func read(_ path: String, _ files: any FileReader) throws(BrokerCredentialError) -> SharedFile {
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try files.read(path, limit: sizeLimit)
        } catch {
            throw BrokerCredentialError("\(path) \(error.text)")
        }
        guard let bytes else { return SharedFile(sections: []) }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw BrokerCredentialError("\(path) is not UTF-8 text")
        }
        var parser = SharedFileParser(path: path)
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            try parser.read(Substring(line))
        }
        return SharedFile(sections: parser.sections)
    }
}
