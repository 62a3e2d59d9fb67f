// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc

@main
struct Purser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purser",
        abstract: "A credential broker for Amazon CloudWatch RUM.",
        version: Version.line,
        subcommands: [
            Serve.self, Dev.self, Check.self, Explain.self, Policy.self, WhoIs.self, KeysCommand.self,
            CredentialsCommand.self, Snippet.self, SchemaCommand.self, Completions.self,
            ManualCommand.self,
        ])

    static func main() async {
        guard ProcFileSystem.isMounted else {
            write(ProcFileSystem.missing, to: .standardError)
            Glibc.exit(1)
        }
        await main(nil)
    }
}
