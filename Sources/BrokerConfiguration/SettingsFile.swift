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
        guard let text = contents(path) else {
            throw problem(path, nil, "can't be read; expected a UTF-8 text file of at most 1 MiB")
        }
        return try parse(text, file: path, variables: variables)
    }

    /// Resolves a path in the configuration file, relative to that file.
    package static func url(_ path: String, relativeTo file: String) -> URL {
        URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: file).deletingLastPathComponent())
    }

    /// - Parameter minting: used if the text has no `minting`.
    package static func parse(
        _ text: String, file: String, variables: [String: String], minting: MintingSettings? = nil
    ) throws(ConfigurationError) -> Settings {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw describe(error, file)
        }
        guard let root else {
            throw problem(file, nil, "is empty; expected the settings `listen`, `aws`, `issuers` and `apps`")
        }
        return try decode(root, Diagnostics(file: file), variables: variables, minting: minting)
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
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: limit + 1),
            data.count <= limit
        else { return nil }
        return String(data: data, encoding: .utf8)
    }

    private static func describe(_ error: any Error, _ file: String) -> ConfigurationError {
        switch error {
        case YamlError.scanner(_, let message, let mark, _), YamlError.parser(_, let message, let mark, _),
            YamlError.composer(_, let message, let mark, _):
            problem(file, mark.line, "is not YAML: \(message)")
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            problem(file, context.mark.line, "found \(keys.joined(separator: ", ")) twice; expected each key once")
        default:
            problem(file, nil, "is not YAML")
        }
    }

    private static func problem(_ file: String, _ line: Int?, _ message: String) -> ConfigurationError {
        ConfigurationError(problems: [Diagnostic(file: file, line: line, message: message)])
    }
}
