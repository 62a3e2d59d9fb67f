// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// The manual page `purser(1)` in the man macros, made from the same help that `--help` prints.
struct ManualPage {
    private let help: DumpedHelp

    /// - Parameter dump: what ArgumentParser's `--experimental-dump-help` prints.
    /// - Throws: if `dump` is not of that form.
    init(dump: String) throws {
        help = try JSONDecoder().decode(DumpedHelp.self, from: Data(dump.utf8))
    }

    /// - Parameter version: as `purser --version` prints it.
    func text(version: String) -> String {
        let root = help.command
        var lines = [
            ".TH PURSER 1 \"\" \(Self.quoted(version)) \"User Commands\"", ".SH NAME",
            Self.escaped("purser - \(root.abstract.trimmingSuffix("."))"),
            ".SH SYNOPSIS", ".B purser", Self.escaped("COMMAND [OPTIONS]"), ".SH COMMANDS",
        ]
        for command in root.shownSubcommands { lines += describe(command, parents: [root.commandName]) }
        lines += [
            ".SH EXIT STATUS", ".TP", ".B 0", "Success.", ".TP", ".B 1",
            "A mistake in the configuration, or a failure. Standard error says which.", ".TP", ".B 64",
            "Wrong arguments.", ".SH SEE ALSO",
            Self.escaped("The folder docs of Purser's source: configuration.md, operations.md, aws-setup.md."),
        ]
        return lines.joined(separator: "\n")
    }

    private func describe(_ command: DumpedHelp.Command, parents: [String]) -> [String] {
        let path = parents + [command.commandName]
        if !command.shownSubcommands.isEmpty {
            return command.shownSubcommands.flatMap { describe($0, parents: path) }
        }
        let arguments = command.shownArguments.filter { !["help", "version"].contains($0.mainName) }
        let synopsis = [path.joined(separator: " ")] + arguments.map(\.synopsis)
        var lines = [".SS \(Self.quoted(path.joined(separator: " ")))", Self.escaped(command.abstract)]
        if let discussion = command.discussion { lines += [".PP", Self.escaped(discussion)] }
        lines += [".PP", ".B \(Self.escaped(synopsis.joined(separator: " ")))"]
        for argument in arguments {
            lines += [".TP", ".B \(Self.escaped(argument.title))", Self.escaped(argument.description)]
        }
        return lines
    }

    private static func quoted(_ text: String) -> String {
        "\"\(escaped(text).replacingOccurrences(of: "\"", with: "\\(dq"))\""
    }

    /// No text becomes a request of roff: backslashes are escaped, and a dot or quote at the beginning of a line.
    private static func escaped(_ text: String) -> String {
        let flat = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        let safe = flat.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\e"
            case "-": "\\-"
            case _ where scalar.isASCII: String(scalar)
            default: "\\[u" + String(format: "%04X", scalar.value) + "]"
            }
        }.joined()
        return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
