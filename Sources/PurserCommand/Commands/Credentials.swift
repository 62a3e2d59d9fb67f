// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Outbound
import Vending

struct CredentialsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credentials",
        abstract: "Print credentials from a running broker, as a credential_process of AWS tools.",
        discussion:
            "Set credential_process = purser credentials --broker URL --app APP --token-file FILE in a profile. "
            + "Without a token file, it prints a guest's credentials.")

    @Option(help: "The broker's address: https, http on the loopback, or unix:/PATH.")
    var broker: String

    @Option(help: "The app's name.")
    var app: String

    @Option(help: "A file with the user's token, read at each call, alone or after \"Bearer\".")
    var tokenFile: String?

    func run() async throws {
        try await runCommand { context in
            let request = try request()
            let response: OutboundResponse
            do throws(OutboundError) {
                response = try await context.outbound.send(request, timeout: .seconds(15), bodyLimit: 64 << 10)
            } catch {
                throw CommandError(description: "no response from the broker: \(Self.reason(error))")
            }
            write(try Self.output(response), to: .standardOutput)
        }
    }

    private func request() throws(CommandError) -> OutboundRequest {
        guard let name = AppName(app) else {
            throw CommandError(description: "--app: found \"\(app)\"; expected an app's name")
        }
        let root = try BrokerAddress(option: broker).root
        guard let tokenFile else {
            return OutboundRequest(url: "\(root)/v1/apps/\(name)/guest-credentials/container")
        }
        guard let handle = FileHandle(forReadingAtPath: tokenFile),
            let data = try? handle.read(upToCount: 64 << 10), let text = String(data: data, encoding: .utf8)
        else {
            throw CommandError(description: "--token-file: \(tokenFile) can't be read; expected a file with a token")
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.unicodeScalars.allSatisfy({ (0x20...0x7E).contains($0.value) }) else {
            throw CommandError(description: "--token-file: \(tokenFile) holds no token; expected one token on one line")
        }
        return OutboundRequest(
            url: "\(root)/v1/apps/\(name)/credentials/container", headers: [("Authorization", token)])
    }

    private struct ContainerCredentials: Decodable {
        let AccessKeyId: String
        let SecretAccessKey: String
        let Token: String
        let Expiration: String
    }

    private struct ErrorResponse: Decodable {
        let Code: String
        let Message: String
    }

    /// AWS SDKs and Tools Reference Guide, "Process credential provider".
    private struct ProcessCredentials: Encodable {
        let Version = 1
        let AccessKeyId: String
        let SecretAccessKey: String
        let SessionToken: String
        let Expiration: String
    }

    private static func output(_ response: OutboundResponse) throws -> String {
        guard response.status == 200 else {
            let refusal = try? JSONDecoder().decode(ErrorResponse.self, from: Data(response.body))
            let reason = refusal.map { ": \($0.Code): \($0.Message)" } ?? ""
            throw CommandError(description: "the broker responded with HTTP \(response.status)\(reason)")
        }
        guard let found = try? JSONDecoder().decode(ContainerCredentials.self, from: Data(response.body)) else {
            throw CommandError(description: "the response contains no credentials; expected the address of Purser")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let output = ProcessCredentials(
            AccessKeyId: found.AccessKeyId, SecretAccessKey: found.SecretAccessKey, SessionToken: found.Token,
            Expiration: found.Expiration)
        return String(decoding: try encoder.encode(output), as: UTF8.self)
    }

    private static func reason(_ failure: OutboundError) -> String {
        switch failure {
        case .timedOut: "time-out after 15 seconds"
        case .connection(let reason): reason
        case .tooLarge: "more than 64 KiB"
        case .cancelled: "cancelled"
        case .noConnection: OutboundError.noConnectionDetail
        }
    }
}
