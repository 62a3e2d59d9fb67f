// SPDX-License-Identifier: Apache-2.0

import AWS
import ArgumentParser
import Cryptography
import Foundation
import Glibc
import Tokens

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Generate Purser's keys.", subcommands: [KeysNew.self])
}

struct KeysNew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Generate a key in a new file that only its owner may read.",
        discussion:
            "A signing key for `minting.keys`, or with --pseudonyms the key for `pseudonyms.key`. Never replaces a "
            + "file.")

    enum Algorithm: String, ExpressibleByArgument, CaseIterable {
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    @Argument(help: "The file to create.")
    var file: String

    @Option(help: "The signature algorithm.")
    var algorithm = Algorithm.rs256

    @Flag(help: "Generate a key for users' pseudonyms instead.")
    var pseudonyms = false

    func run() async throws {
        do {
            let (content, summary) = try pseudonyms ? pseudonymKey() : signingKey()
            try create(content)
            write("\(file): \(summary)", to: .standardOutput)
        } catch {
            write("\(file): \(error)", to: .standardError)
            throw ExitCode.failure
        }
    }

    private func signingKey() throws -> (content: [UInt8], summary: String) {
        let key = try PrivateKey.generate(algorithm == .rs256 ? .rsa(bits: 2_048) : .ec(.p256))
        return (try key.pem, "\(algorithm.rawValue) key \(TokenSigner.thumbprint(key.publicKey))")
    }

    private func pseudonymKey() throws -> (content: [UInt8], summary: String) {
        let secret = Randomness.bytes(PseudonymKey.length)
        guard let key = PseudonymKey(secret) else { throw KeyError.malformed }
        return (Array((Base64URL.encode(secret) + "\n").utf8), "key of the pseudonyms that begin with \(key.keyID)")
    }

    private func create(_ content: [UInt8]) throws {
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandError(
                description: "can't be created: \(errorText(errno)); expected a file that does not exist")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(content))
        try handle.synchronize()
    }
}
