import AWS
package import Foundation
package import Vending

/// The file of users who are to get nothing: a pseudonym a line, `#` before comments.
package struct DeniedFile: Sendable {
    static let expected = "a file with one pseudonym a line, as `purser whois --subject` tells it; # begins a comment"
    /// Bytes and lines with a pseudonym at most.
    private static let limit = 1 << 20
    private static let entries = 10_000

    package let url: URL
    /// Of all pseudonyms of the key in use; others can be nobody's.
    package let keyID: String
    package let content: [UInt8]
    package let pseudonyms: Set<Pseudonym>

    /// - Parameter path: as the configuration file gives it, relative to `file`.
    init(_ path: String, relativeTo file: String, key: PseudonymKey) throws(ConfigurationError) {
        url = SettingsFile.url(path, relativeTo: file)
        keyID = key.keyID
        do throws(KeyFileError) {
            content = try Self.content(of: url)
        } catch {
            throw ConfigurationError(file: url.path, ["\(error); expected \(Self.expected)"])
        }
        pseudonyms = try Self.parse(content, file: url.path, keyID: keyID)
    }

    /// - Throws: every line that is wrong, with its number.
    package static func parse(_ content: [UInt8], file: String, keyID: String) throws(ConfigurationError) -> Set<
        Pseudonym
    > {
        func whole(_ message: String) -> ConfigurationError { ConfigurationError(file: file, [message]) }
        guard content.count <= limit else { throw whole("is larger than 1 MiB; expected \(expected)") }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw whole("is not UTF-8; expected \(expected)")
        }
        var pseudonyms: Set<Pseudonym> = []
        var problems: [Diagnostic] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let word = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            guard !word.isEmpty else { continue }
            if let message = problem(with: word, keyID: keyID) {
                problems.append(Diagnostic(file: file, line: index + 1, message: message))
            }
            pseudonyms.insert(Pseudonym(word))
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: Array(problems.prefix(20))) }
        guard pseudonyms.count <= entries else { throw whole("has more than \(entries) pseudonyms") }
        return pseudonyms
    }

    /// The word itself is not repeated: it could be a subject.
    private static func problem(with word: String, keyID: String) -> String? {
        guard Pseudonym.isPlausible(word) else {
            return "found no pseudonym; expected 20 hexadecimal digits, a dot and 43 more characters"
        }
        guard word.hasPrefix(keyID + ".") else {
            return "found a pseudonym of another key, beginning with \(word.prefix(20)); expected \(keyID), that of "
                + "pseudonyms.key"
        }
        return nil
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
        do {
            // Of an empty file there is nothing to read, and that is a good list.
            return [UInt8](try FileHandle(forReadingFrom: url).read(upToCount: limit + 1) ?? Data())
        } catch {
            throw KeyFileError(description: "can't be read")
        }
    }
}
