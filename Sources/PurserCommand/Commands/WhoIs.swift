// SPDX-License-Identifier: Apache-2.0

import AWS
import ArgumentParser
import BrokerConfiguration
import Foundation
import Vending

struct WhoIs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whois",
        abstract: "Print which user a pseudonym stands for, or which pseudonym a user has.",
        discussion: "A pseudonym is looked up in the audit trail, whose lines hold the user sealed with pseudonyms.key."
    )

    @OptionGroup var option: ConfigurationOption

    @Argument(help: "A pseudonym, from the audit trail or from CloudTrail.")
    var pseudonym: String?

    @Option(help: "The audit trail's file, - for standard input; by default the one in the configuration.")
    var audit: String?

    @Option(help: "A user's subject; prints the pseudonym.")
    var subject: String?

    @Option(help: "The issuer of --subject; required if the file has several.")
    var issuer: String?

    func validate() throws {
        if (pseudonym == nil) == (subject == nil) { throw ValidationError("expected a pseudonym or --subject") }
        if issuer != nil, subject == nil { throw ValidationError("--issuer: expected --subject as well") }
    }

    func run() async throws {
        try await runCommand { context in
            try resolve(try SettingsFile.read(option.file, variables: context.environment().variables))
        }
    }

    private func resolve(_ settings: Settings) throws {
        guard let key = settings.pseudonymKey else {
            throw CommandError(
                description: "\(option.file): pseudonyms.key: missing; expected the key that made the pseudonym")
        }
        if let subject {
            let issuer = try Issuer.chosen(issuer, among: Set(settings.issuers.map(\.issuer)))
            write(key.pseudonym(issuer, Subject(subject)).text, to: .standardOutput)
        } else if let pseudonym {
            try find(Pseudonym(pseudonym), key, try trail(settings))
        }
    }

    private func find(_ pseudonym: Pseudonym, _ key: PseudonymKey, _ trail: FileHandle) throws {
        guard Pseudonym.isPlausible(pseudonym.text) else {
            throw CommandError(
                description:
                    "found \"\(pseudonym.text.prefix(80))\"; expected a pseudonym: 20 hexadecimal digits, a dot "
                    + "and 43 more characters")
        }
        guard pseudonym.text.hasPrefix(key.keyID + ".") else {
            throw CommandError(
                description:
                    "the pseudonym belongs to another key: it begins with \(pseudonym.text.prefix(20)), and those of "
                    + "pseudonyms.key with \(key.keyID)")
        }
        let found = try AuditSearch(pseudonym, key).search(trail)
        guard let user = found.user else {
            throw CommandError(description: "the audit trail has no line about \(pseudonym)")
        }
        write("subject: \(user.subject.rawValue)\nissuer: \(user.issuer)", to: .standardOutput)
        write(
            "\(found.count) audit lines, from \(found.first ?? "?") to \(found.last ?? "?"), "
                + "of apps \(found.apps.sorted().joined(separator: ", "))", to: .standardOutput)
    }

    private func trail(_ settings: Settings) throws -> FileHandle {
        if audit == "-" { return .standardInput }
        var path = audit
        if path == nil, case .file(let configured) = settings.audit.sink { path = configured }
        guard let path else {
            throw CommandError(
                description: "--audit: missing; expected the audit trail's file, because the configuration has none")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandError(
                description: "--audit: \(path) can't be read; expected the audit trail's file")
        }
        return handle
    }
}
