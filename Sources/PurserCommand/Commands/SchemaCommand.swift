// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BrokerConfiguration
import Foundation

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of the configuration file.",
        discussion: "Editors use it to complete and check settings (docs/configuration.md, \"Editor support\"). It "
            + "describes names, types and forms; `purser check` finds every mistake.")

    func run() throws {
        write(ConfigurationSchema.text, to: .standardOutput)
    }
}
