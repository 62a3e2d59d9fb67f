// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

struct Completions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a script that completes purser's commands and options in a shell.",
        discussion: "bash: source it from ~/.bashrc. zsh: store it as _purser in a folder of $fpath. fish: store it as "
            + "~/.config/fish/completions/purser.fish.")

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish
    }

    @Argument(help: "The shell.")
    var shell: Shell

    func run() throws {
        write(Purser.completionScript(for: completionShell), to: .standardOutput)
    }

    private var completionShell: CompletionShell {
        switch shell {
        case .bash: .bash
        case .zsh: .zsh
        case .fish: .fish
        }
    }
}
