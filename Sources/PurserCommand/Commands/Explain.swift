import ArgumentParser
import BrokerConfiguration
import Foundation
import Observability
import Tokens
import Vending

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell whether an app would accept a token, and if not, which rule it breaks first.",
        discussion: "Reads the token from standard input, alone or after \"Bearer\". Fetches the issuers' keys.")

    @OptionGroup var option: ConfigurationOption

    @Option(help: "The app's name.")
    var app: String

    func run() async throws {
        try await answering { context in
            context.log.start()
            let environment = context.environment()
            let settings = try SettingsFile.read(option.file, variables: environment.variables)
            let root = CompositionRoot(settings, environment, logger: context.logger)
            guard await explain(root) else { throw ExitCode.failure }
        }
    }

    private func explain(_ root: CompositionRoot) async -> Bool {
        let app: App
        do {
            app = try root.app(self.app)
        } catch {
            return answer(false, error.description)
        }
        guard let signedIn = app.signedIn else {
            return answer(false, "\(app.name) serves guests only, without a token")
        }
        guard let token = readToken() else {
            return answer(false, "standard input holds no token of at most 64 KiB")
        }
        await root.authenticator.renewKeys()
        do throws(TokenError) {
            let identity = try await root.authenticator.verify(token, at: Date())
            if let objection = signedIn.objection(to: identity) { return answer(false, objection) }
            let end = identity.expiration.formatted(.iso8601)
            let grant = signedIn.grant
            return answer(
                true,
                "issuer \(identity.issuer), valid until \(end), for \(grant.monitor.arn) by \(grant.exchange.kind.rawValue)"
            )
        } catch {
            return answer(false, "\(error.reason.rawValue): \(error.detail)\(Self.hint(error.reason))")
        }
    }

    /// What is behind it more often than an attack.
    private static func hint(_ reason: TokenError.Reason) -> String {
        switch reason {
        case .signatureInvalid:
            ". The token was cut or altered on its way, or the issuer has another key under the same kid now"
        case .keyUnknown: ". The issuer no longer publishes the key, or the token is another environment's"
        case .keysUnavailable: ". See the log lines above for what the provider answered"
        case .algorithmNotAllowed: ". Have the provider sign with an asymmetric algorithm that is allowed here"
        case .notCompactForm: ". Send the token itself: opaque access tokens are no JWT"
        default: ""
        }
    }

    private func answer(_ accepted: Bool, _ words: String) -> Bool {
        write("\(accepted ? "accepted" : "refused"): \(words)", to: .standardOutput)
        return accepted
    }

    private func readToken() -> BearerToken? {
        let limit = 64 << 10
        guard let data = try? FileHandle.standardInput.read(upToCount: limit + 1), data.count <= limit else {
            return nil
        }
        var text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if text.lowercased().hasPrefix("bearer ") { text = String(text.dropFirst("bearer ".count)) }
        return text.isEmpty ? nil : BearerToken(text)
    }
}
