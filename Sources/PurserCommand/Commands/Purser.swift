// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

@main
struct Purser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purser",
        abstract: "A credential broker for Amazon CloudWatch RUM.",
        version: Version.line,
        subcommands: [
            Serve.self, Dev.self, Check.self, Explain.self, Policy.self, WhoIs.self, KeysCommand.self,
            CredentialsCommand.self, Snippet.self,
        ])
}
