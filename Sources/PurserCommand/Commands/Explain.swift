// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BrokerConfiguration
import Foundation
import Observability
import Tokens
import Vending

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check whether an app accepts a token, and report the first rule that it breaks.",
        discussion: "Reads the token from standard input, alone or after \"Bearer\". Fetches the issuers' keys.")

    @OptionGroup var option: ConfigurationOption

    @Option(help: "The app's name.")
    var app: String

    func run() async throws {
        try await runCommand { context in
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
            return report(false, error.description)
        }
        guard let signedIn = app.signedIn else {
            return report(false, "\(app.name) serves guests only, without a token")
        }
        guard let token = readToken() else {
            return report(false, "standard input holds no token of at most 64 KiB")
        }
        await root.authenticator.renewKeys()
        do throws(TokenError) {
            let identity = try await root.authenticator.verify(token, at: Date())
            if let refusal = signedIn.refusal(of: identity) { return report(false, refusal) }
            let end = identity.expiration.formatted(.iso8601)
            let grant = signedIn.grant
            return report(
                true,
                "issuer \(identity.issuer), valid until \(end), for \(grant.monitor.arn) by \(grant.exchange.kind.rawValue)"
            )
        } catch {
            return report(false, "\(error.reason.rawValue): \(error.detail)\(Self.hint(error.reason))")
        }
    }

    /// The usual cause when it is not an attack.
    private static func hint(_ reason: TokenError.Reason) -> String {
        switch reason {
        case .signatureInvalid:
            ". The token was truncated or altered, or the issuer now has another key under the same kid"
        case .keyUnknown: ". The issuer no longer publishes the key, or the token is from another environment"
        case .keysUnavailable: ". See the log lines above for the provider's response"
        case .algorithmNotAllowed: ". Configure the provider to sign with an allowed asymmetric algorithm"
        case .notCompactForm: ". Send a JWT: opaque access tokens are not JWTs"
        default: ""
        }
    }

    private func report(_ accepted: Bool, _ detail: String) -> Bool {
        write("\(accepted ? "accepted" : "refused"): \(detail)", to: .standardOutput)
        return accepted
    }

    private func readToken() -> BearerToken? {
        let limit = 64 << 10
        guard let data = try? FileHandle.standardInput.read(upToCount: limit + 1), data.count <= limit else {
            return nil
        }
        var text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if text.lowercased().hasPrefix("bearer ") { text = String(text.dropFirst("bearer ".count)) }
        return text.isEmpty ? nil : BearerToken(hashing: text)
    }
}
