// SPDX-License-Identifier: Apache-2.0

/// What is used of the JSON that ArgumentParser prints with `--experimental-dump-help`.
struct DumpedHelp: Decodable {
    let command: Command

    struct Command: Decodable {
        let commandName: String
        let abstract: String
        let discussion: String?
        let subcommands: [Command]?
        let arguments: [Argument]?
        let shouldDisplay: Bool?

        /// Without `help`, which ArgumentParser adds.
        var shownSubcommands: [Command] {
            (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
        }

        var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }
    }

    struct Argument: Decodable {
        enum Kind: String, Decodable { case positional, option, flag }

        struct Name: Decodable {
            let kind: String
            let name: String

            var spelling: String { (kind == "long" ? "--" : "-") + name }
        }

        let kind: Kind
        let shouldDisplay: Bool
        let isOptional: Bool
        let isRepeating: Bool
        let names: [Name]?
        let preferredName: Name?
        let valueName: String?
        let defaultValue: String?
        let allValues: [String]?
        let abstract: String?
        let discussion: String?

        /// Without dashes.
        var mainName: String { preferredName?.name ?? valueName ?? "" }

        var title: String {
            let spellings = (names ?? []).map(\.spelling).joined(separator: ", ")
            return switch kind {
            case .positional: placeholder
            case .flag: spellings
            case .option: "\(spellings) \(placeholder)"
            }
        }

        /// The argument in a command line; in brackets if it may be left out.
        var synopsis: String {
            let spelling = preferredName?.spelling ?? ""
            let text =
                switch kind {
                case .positional: placeholder
                case .flag: spelling
                case .option: "\(spelling) \(placeholder)"
                }
            return (isOptional ? "[\(text)]" : text) + (isRepeating ? " ..." : "")
        }

        var description: String {
            let values = allValues.map { "One of \($0.joined(separator: ", "))." }
            let standard = defaultValue.map { "The default is \($0)." }
            return [abstract, discussion, values, standard].compactMap { $0 }.joined(separator: " ")
        }

        private var placeholder: String { "<\(valueName ?? "value")>" }
    }
}
