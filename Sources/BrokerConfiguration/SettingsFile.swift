// SPDX-License-Identifier: Apache-2.0

import AWS
package import Foundation
import Yams

/// Reads a configuration file from disk.
package enum SettingsFile {
    /// In bytes; far above any real file.
    private static let limit = 1 << 20

    /// - Parameter variables: environment variables. Some of them are settings too.
    package static func read(_ path: String, variables: [String: String]) throws(ConfigurationError) -> Settings {
        try parse(try text(path), file: path, variables: variables)
    }

    package static func text(_ path: String) throws(ConfigurationError) -> String {
        guard let text = contents(path) else {
            throw problem(path, nil, "can't be read; expected a UTF-8 text file of at most 1 MiB")
        }
        return text
    }

    /// Resolves a path in the configuration file, relative to that file.
    package static func url(_ path: String, relativeTo file: String) -> URL {
        URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: file).deletingLastPathComponent())
    }

    /// - Parameter minting: used if the text has no `minting`.
    package static func parse(
        _ text: String, file: String, variables: [String: String], minting: MintingSettings? = nil
    ) throws(ConfigurationError) -> Settings {
        try decode(try compose(text, file), Diagnostics(file: file), variables: variables, minting: minting)
    }

    /// Parses the text for a process that started with another one. The sections that a reload does not apply are those
    /// of the start.
    /// - Returns: the settings, and the sections that differ from those of the start but need a restart, sorted.
    package static func reparse(
        _ text: String, startedWith start: String, file: String, variables: [String: String]
    ) throws(ConfigurationError) -> (settings: Settings, needRestart: [String]) {
        let new = try compose(text, file)
        // What is wrong is reported as `check` does, with all mistakes.
        let settings = try decode(new, Diagnostics(file: file), variables: variables)
        guard case .mapping(let mapping) = new, case .mapping(let started) = try compose(start, file) else {
            return (settings, [])
        }
        func sections(_ mapping: Node.Mapping) -> [String: (key: Node, value: Node)] {
            Dictionary(
                mapping.compactMap { key, value in key.string.map { ($0, (key, value)) } },
                uniquingKeysWith: { first, _ in first }
            ).filter { !reloaded.contains($0.key) }
        }
        let (found, kept) = (sections(mapping), sections(started))
        let differing = Set(found.keys).union(kept.keys).filter { found[$0]?.value != kept[$0]?.value }.sorted()
        guard !differing.isEmpty else { return (settings, []) }
        let pairs =
            mapping.filter { key, _ in key.string.map(reloaded.contains) ?? false }.map { ($0.key, $0.value) }
            + kept.values.map { ($0.key, $0.value) }
        do throws(ConfigurationError) {
            return (
                try decode(.mapping(Node.Mapping(pairs)), Diagnostics(file: file), variables: variables), differing
            )
        } catch {
            let names = differing.joined(separator: ", ")
            throw ConfigurationError(
                problems: error.problems + [
                    Diagnostic(
                        file: file, line: nil,
                        message: "valid only after a restart, which applies what else changed: \(names)")
                ])
        }
    }

    /// The sections that a reload applies.
    private static let reloaded: Set<String> = ["apps", "issuers"]

    private static func compose(_ text: String, _ file: String) throws(ConfigurationError) -> Node {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw describe(error, text, file)
        }
        guard let root else {
            throw problem(file, nil, "is empty; expected the settings `listen`, `aws`, `issuers` and `apps`")
        }
        return root
    }

    /// - Parameter diagnostics: collects also the names of all settings that the decoders know.
    static func decode(
        _ root: Node, _ diagnostics: Diagnostics, variables: [String: String], minting: MintingSettings? = nil
    ) throws(ConfigurationError) -> Settings {
        let settings = SettingsDecoder(diagnostics, minting: minting, variables: variables).read(
            root, endpoints: endpoints(variables, diagnostics))
        guard let settings, diagnostics.problems.isEmpty else {
            throw ConfigurationError(problems: diagnostics.problems.sorted())
        }
        return settings
    }

    /// Reports an invalid variable, then decodes the others without it, so that one run reports all invalid variables.
    private static func endpoints(_ variables: [String: String], _ diagnostics: Diagnostics) -> Endpoints? {
        do throws(EndpointError) {
            return try Endpoints(environment: variables)
        } catch {
            diagnostics.add("\(error)", at: nil)
            var rest = variables
            guard let variable = error.variable, rest.removeValue(forKey: variable) != nil else { return nil }
            _ = endpoints(rest, diagnostics)
            return nil
        }
    }

    private static func contents(_ path: String) -> String? {
        // At the end of the file, `read` returns nothing.
        guard let handle = FileHandle(forReadingAtPath: path),
            let read = try? handle.read(upToCount: limit + 1) ?? Data(),
            read.count <= limit
        else { return nil }
        let data = read
        return String(data: data, encoding: .utf8)
    }

    private static func describe(_ error: any Error, _ text: String, _ file: String) -> ConfigurationError {
        switch error {
        case YamlError.scanner(_, let message, let mark, _), YamlError.parser(_, let message, let mark, _),
            YamlError.composer(_, let message, let mark, _):
            problem(file, mark.line, "is not YAML: \(message)")
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            ConfigurationError(
                problems: keys.map { key in
                    let lines = RepeatedKey.lines(of: key, inMappingAt: (context.mark.line, context.mark.column), text)
                    let first = lines.first.map { ", first in line \($0)" } ?? ""
                    return Diagnostic(
                        file: file, line: lines.dropFirst().first ?? context.mark.line,
                        message: "found \(key) twice\(lines.count > 1 ? first : ""); expected each key once")
                })
        default:
            problem(file, nil, "is not YAML")
        }
    }

    private static func problem(_ file: String, _ line: Int?, _ message: String) -> ConfigurationError {
        ConfigurationError(problems: [Diagnostic(file: file, line: line, message: message)])
    }
}
