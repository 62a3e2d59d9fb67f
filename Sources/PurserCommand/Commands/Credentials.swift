import ArgumentParser
import Foundation
import Outbound
import Vending

struct Credentials: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print credentials of a running broker, as a credential_process of AWS's tools.",
        discussion:
            "Set credential_process = purser credentials --broker URL --app APP --token-file FILE in a profile. "
            + "Without a token file, a guest's.")

    @Option(help: "The broker's address: https, or http on the loopback.")
    var broker: String

    @Option(help: "The app's name.")
    var app: String

    @Option(help: "A file with the user's token, read at each call, alone or after \"Bearer\".")
    var tokenFile: String?

    func run() async throws {
        try await answering { context in
            let request = try request()
            let response: OutboundResponse
            do throws(OutboundError) {
                response = try await context.outbound.send(request, timeout: .seconds(15), bodyLimit: 64 << 10)
            } catch {
                throw CommandError(description: "the broker gave no answer: \(Self.words(error))")
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
            throw CommandError(description: "--token-file: \(tokenFile) holds no token; expected one in one line")
        }
        return OutboundRequest(
            url: "\(root)/v1/apps/\(name)/credentials/container", headers: [("Authorization", token)])
    }

    private struct Container: Decodable {
        let AccessKeyId: String
        let SecretAccessKey: String
        let Token: String
        let Expiration: String
    }

    private struct Refusal: Decodable {
        let Code: String
        let Message: String
    }

    /// AWS SDKs and Tools Reference Guide, "Process credential provider".
    private struct Process: Encodable {
        let Version = 1
        let AccessKeyId: String
        let SecretAccessKey: String
        let SessionToken: String
        let Expiration: String
    }

    private static func output(_ response: OutboundResponse) throws -> String {
        guard response.status == 200 else {
            let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(response.body))
            let words = refusal.map { ": \($0.Code): \($0.Message)" } ?? ""
            throw CommandError(description: "the broker answered HTTP \(response.status)\(words)")
        }
        guard let found = try? JSONDecoder().decode(Container.self, from: Data(response.body)) else {
            throw CommandError(description: "the broker's answer holds no credentials: is it a Purser's address?")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let process = Process(
            AccessKeyId: found.AccessKeyId, SecretAccessKey: found.SecretAccessKey, SessionToken: found.Token,
            Expiration: found.Expiration)
        return String(decoding: try encoder.encode(process), as: UTF8.self)
    }

    private static func words(_ failure: OutboundError) -> String {
        switch failure {
        case .timedOut: "nothing within 15 seconds"
        case .connection(let words): words
        case .tooLarge: "more than 64 KiB came"
        case .cancelled: "cancelled"
        }
    }
}
