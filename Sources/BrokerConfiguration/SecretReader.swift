// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vending
import Yams

/// Reads secrets that settings refer to: `file:PATH` or a plain path, relative to the configuration file, or `env:NAME`.
///
/// No message contains a secret, also if someone writes the secret itself where a reference is expected.
struct SecretReader {
    /// The content of a secret, at most 64 KiB.
    struct Content {
        let bytes: [UInt8]
        /// The file's path or `env:NAME`, for messages.
        let source: String
        let isVariable: Bool
    }

    static let limit = 64 << 10

    private let diagnostics: Diagnostics
    private let variables: [String: String]

    init(_ diagnostics: Diagnostics, variables: [String: String]) {
        self.diagnostics = diagnostics
        self.variables = variables
    }

    /// Reads the required setting `key`. `nil`, with a diagnostic, if it is missing, unreadable, or if `parse` throws.
    func one<Value>(
        _ key: String, in mapping: inout SettingsMapping, expected: String,
        _ parse: (Content) throws(KeyFileError) -> Value
    ) -> Value? {
        guard let node = mapping.required(key, expected: expected) else { return nil }
        return read(node, mapping.path(key), expected, parse)
    }

    /// Reads the required list `key`. Leaves out unreadable entries, with a diagnostic for each.
    func list<Value>(
        _ key: String, in mapping: inout SettingsMapping, expected: String,
        _ parse: (Content) throws(KeyFileError) -> Value
    ) -> [Value] {
        guard let node = mapping.required(key, expected: "a list of \(expected)") else { return [] }
        guard case .sequence(let nodes) = node, !nodes.isEmpty else {
            let found = node.sequence == nil ? Self.kind(node) : "an empty list"
            diagnostics.add(
                "\(mapping.path(key)): found \(found); expected a list of at least one of: \(expected)", at: node.line)
            return []
        }
        return nodes.compactMap { read($0, mapping.path(key), expected, parse) }
    }

    private func read<Value>(
        _ node: Node, _ name: String, _ expected: String, _ parse: (Content) throws(KeyFileError) -> Value
    ) -> Value? {
        guard case .scalar(let scalar) = node else {
            diagnostics.add("\(name): found \(Self.kind(node)); expected \(expected)", at: node.line)
            return nil
        }
        do throws(KeyFileError) {
            return try parse(content(scalar.string, expected: expected))
        } catch {
            diagnostics.add("\(name): \(error)", at: node.line)
            return nil
        }
    }

    private func content(_ reference: String, expected: String) throws(KeyFileError) -> Content {
        if reference.hasPrefix("env:") {
            return try variable(String(reference.dropFirst("env:".count)), expected: expected)
        }
        let path = reference.hasPrefix("file:") ? String(reference.dropFirst("file:".count)) : reference
        guard SettingsValues.text(path) != nil, !Self.mayBeSecret(path) || isFile(path) else {
            throw KeyFileError(description: "found a text that names no file (not shown); expected \(expected)")
        }
        let content = try SecretFile.content(path, relativeTo: diagnostics.file, expected: expected)
        return Content(bytes: content.bytes, source: content.path, isVariable: false)
    }

    private func variable(_ name: String, expected: String) throws(KeyFileError) -> Content {
        let isName =
            (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }
            && name.first?.isNumber == false
        guard isName else {
            throw KeyFileError(
                description: "found env: without a variable's name (A–Z a–z 0–9 _, not beginning with a digit); "
                    + "expected \(expected)")
        }
        guard let value = variables[name] else {
            throw KeyFileError(description: "env:\(name): is not set; expected \(expected)")
        }
        guard !value.utf8.allSatisfy({ $0 <= 0x20 }) else {
            throw KeyFileError(description: "env:\(name): is empty; expected \(expected)")
        }
        guard value.utf8.count <= Self.limit else {
            throw KeyFileError(description: "env:\(name): is larger than 64 KiB; expected \(expected)")
        }
        return Content(bytes: Array(value.utf8), source: "env:\(name)", isVariable: true)
    }

    private func isFile(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: SettingsFile.url(path, relativeTo: diagnostics.file).path)
    }

    /// Whether a text could be a key in PEM or base64 instead of a path. Such a text is never shown.
    private static func mayBeSecret(_ text: String) -> Bool {
        if text.contains("-----BEGIN") { return true }
        return text.utf8.count >= 40 && !text.hasPrefix("/")
            && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "+/=-_".utf8.contains($0) }
    }

    /// Like `Node.kind`, but never with a value.
    private static func kind(_ node: Node) -> String {
        if case .scalar = node { "a text (not shown)" } else { node.kind }
    }
}
