// SPDX-License-Identifier: Apache-2.0

import Cryptography
package import Foundation
import Glibc
package import Vending

/// The file that keeps logouts across restarts: a header with the id of the key that made the hashes, and a line for
/// each logout, which ends with a checksum.
package struct LogoutFile: Sendable {
    static let expected = "a file in a directory that Purser may write to; Purser creates it"
    /// In bytes; several times what the largest list takes.
    private static let limit = 512 << 20
    private static let format = "purser-logouts 1"

    package let url: URL
    private let keyID: String

    /// - Parameters:
    ///   - path: as written in the configuration file, relative to `file`.
    ///   - keyID: of the pseudonym key.
    package init(_ path: String, relativeTo file: String, keyID: String) {
        url = SettingsFile.url(path, relativeTo: file)
        self.keyID = keyID
    }

    /// The first line of a file.
    package var header: String { "\(Self.format) \(keyID)\n" }

    /// Decimal seconds and hashes of 16 hexadecimal digits; `-` where the logout token has no such claim.
    package static func line(of record: LogoutRecord) -> String {
        let fields = [
            "\(record.issuedAt)", text(record.identifier), record.user.map(text) ?? "-",
            record.session.map(text) ?? "-",
        ].joined(separator: " ")
        return "\(fields) \(checksum(fields))\n"
    }

    /// The logouts of the file; none if it does not exist. Ignores an incomplete last line, which a crash leaves behind
    /// before the logout is confirmed.
    /// - Throws: what is damaged, with its line.
    package func read() throws(ConfigurationError) -> [LogoutRecord] {
        guard let content = try content() else { return [] }
        var records: [LogoutRecord] = []
        let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count > 1 || !content.isEmpty else { return [] }
        let first = String(decoding: lines[0], as: UTF8.self)
        guard lines.count > 1, first.hasPrefix(Self.format + " ") else {
            throw problem(1, "found no header \"\(Self.format)\"; \(Self.remedy)")
        }
        guard first + "\n" == header else {
            throw problem(
                1,
                "its hashes were made with another key than pseudonyms.key (\(keyID)); expected the key that made "
                    + "them. With a new file, tokens that were issued before a logout are accepted again")
        }
        for (index, line) in lines.enumerated().dropFirst().dropLast() {
            guard let record = Self.record(line) else { throw problem(index + 1, "is damaged; \(Self.remedy)") }
            records.append(record)
        }
        return records
    }

    private static let remedy =
        "restore the file, or remove it: then tokens that were issued before a logout are accepted again until they "
        + "expire"

    private func problem(_ line: Int?, _ message: String) -> ConfigurationError {
        ConfigurationError(problems: [Diagnostic(file: url.path, line: line, message: message)])
    }

    /// `nil` if there is no file.
    private func content() throws(ConfigurationError) -> [UInt8]? {
        let descriptor = unsafe open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw problem(nil, "can't be read; expected \(Self.expected)")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw problem(nil, "is not a file; expected \(Self.expected)")
        }
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw problem(nil, "may be written by its group or by everyone (chmod go-w)")
        }
        guard let data = try? handle.read(upToCount: Self.limit + 1) ?? Data(), data.count <= Self.limit else {
            throw problem(nil, "can't be read, or is larger than \(Self.limit >> 20) MiB; \(Self.remedy)")
        }
        return [UInt8](data)
    }

    private static func record(_ line: ArraySlice<UInt8>) -> LogoutRecord? {
        let text = String(decoding: line, as: UTF8.self)
        guard let last = text.lastIndex(of: " "), checksum(String(text[..<last])) == text[text.index(after: last)...]
        else { return nil }
        let fields = text[..<last].split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 4, let issuedAt = Int(fields[0]), let identifier = key(fields[1]),
            let user = optionalKey(fields[2]), let session = optionalKey(fields[3])
        else { return nil }
        return LogoutRecord(identifier: identifier, issuedAt: issuedAt, user: user, session: session)
    }

    private static func text(_ key: LogoutKey) -> String {
        let digits = String(key.rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func key(_ text: Substring) -> LogoutKey? {
        guard text.utf8.count == 16 else { return nil }
        return UInt64(text, radix: 16).map { LogoutKey($0) }
    }

    /// `.some(nil)` for `-`.
    private static func optionalKey(_ text: Substring) -> LogoutKey?? {
        if text == "-" { return .some(nil) }
        guard let key = key(text) else { return nil }
        return .some(key)
    }

    private static func checksum(_ text: String) -> String { String(SHA256.digest(text).hex.prefix(8)) }
}
