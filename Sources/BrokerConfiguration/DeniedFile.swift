// SPDX-License-Identifier: Apache-2.0

import AWS
package import Foundation
package import Vending

/// The file of the deny list: one pseudonym per line. `#` begins a comment.
package struct DeniedFile: Sendable {
    static let expected = "a file with one pseudonym a line, as `purser whois --subject` prints it; # begins a comment"
    /// In bytes.
    private static let limit = 1 << 20
    /// Distinct pseudonyms.
    private static let entryLimit = 10_000

    package let url: URL
    /// The prefix of every pseudonym that the key in use makes. Pseudonyms with another prefix match no user.
    package let keyID: String
    package let content: [UInt8]
    package let pseudonyms: Set<Pseudonym>

    /// - Parameter path: as written in the configuration file, relative to `file`.
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

    /// - Throws: the invalid lines (20 at most), each with its number.
    package static func parse(_ content: [UInt8], file: String, keyID: String) throws(ConfigurationError) -> Set<
        Pseudonym
    > {
        func fileError(_ message: String) -> ConfigurationError { ConfigurationError(file: file, [message]) }
        guard content.count <= limit else { throw fileError("is larger than 1 MiB; expected \(expected)") }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw fileError("is not UTF-8; expected \(expected)")
        }
        var pseudonyms: Set<Pseudonym> = []
        var problems: [Diagnostic] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let entry = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            guard !entry.isEmpty else { continue }
            if let message = problem(with: entry, keyID: keyID) {
                problems.append(Diagnostic(file: file, line: index + 1, message: message))
            }
            pseudonyms.insert(Pseudonym(entry))
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: Array(problems.prefix(20))) }
        guard pseudonyms.count <= entryLimit else { throw fileError("has more than \(entryLimit) pseudonyms") }
        return pseudonyms
    }

    /// The message does not contain the whole entry, because it could be a subject.
    private static func problem(with entry: String, keyID: String) -> String? {
        guard Pseudonym.isPlausible(entry) else {
            return "found no pseudonym; expected 20 hexadecimal digits, a dot and 43 more characters"
        }
        guard entry.hasPrefix(keyID + ".") else {
            return "found a pseudonym of another key, beginning with \(entry.prefix(20)); expected \(keyID), that of "
                + "pseudonyms.key"
        }
        return nil
    }

    /// Whether the last line is `# end`: the file was written to its end.
    package static func isComplete(_ content: [UInt8]) -> Bool {
        let lines = String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.last?.trimmingCharacters(in: .whitespaces) == "# end"
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
        do {
            // `read` returns `nil` for an empty file, which is a valid list.
            return [UInt8](try FileHandle(forReadingFrom: url).read(upToCount: limit + 1) ?? Data())
        } catch {
            throw KeyFileError(description: "can't be read")
        }
    }
}
