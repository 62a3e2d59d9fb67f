/// One of the shared files ("Shared config and credentials files", AWS SDKs and Tools Reference Guide), parsed.
struct SharedFile: Sendable {
    struct Section: Sendable {
        /// What stands between the brackets, blanks collapsed to one.
        let header: String
        var properties: [String: Property] = [:]
    }

    struct Property: Sendable, CustomReflectable, CustomStringConvertible {
        var value: String
        /// Indented below a name without a value of its own: `s3 =`, or a service of a `services` section.
        var nested: [String: String] = [:]

        var description: String { "[property]" }
        var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    /// In the file's order; a header can be there more than once.
    let sections: [Section]

    /// Bytes; far above any real file.
    static let sizeLimit = 1 << 20

    /// - Returns: a file without sections where there is none.
    static func read(_ path: String, _ files: any FileReader) throws(BrokerCredentialError) -> SharedFile {
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try files.read(path, limit: sizeLimit)
        } catch {
            throw BrokerCredentialError("\(path) \(error.words)")
        }
        guard let bytes else { return SharedFile(sections: []) }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw BrokerCredentialError("\(path) is no UTF-8 text")
        }
        var parser = SharedFileParser(path: path)
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            try parser.read(Substring(line))
        }
        return SharedFile(sections: parser.sections)
    }
}
