// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Print the manual page, for man.",
        discussion: "Store it as purser.1 in a folder man1 of $MANPATH.")

    func run() throws {
        write(try ManualPage(dump: Purser._dumpHelp()).text(version: Version.line), to: .standardOutput)
    }
}
