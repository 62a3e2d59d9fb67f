// SPDX-License-Identifier: Apache-2.0

import AWS
import ArgumentParser
import BrokerConfiguration
import Foundation
import Observability
import Tokens
import Vending

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check whether an app accepts a token, and report the first rule that it breaks.",
        discussion: "Reads the token from standard input, alone or after \"Bearer\". Fetches the keys "
            + "of the token's issuer, and contacts nobody else.")

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
        guard let input = readInput() else {
            return report(false, "standard input holds more than 64 KiB, or is not readable")
        }
        let token: BearerToken
        switch input {
        case .other(let description): return report(false, "not_compact_form: this is \(description)")
        case .token(let text): token = BearerToken(hashing: text)
        }
        await root.authenticator.renewKeys(for: token)
        do throws(TokenError) {
            let identity = try root.authenticator.authenticate(token, at: Date())
            if let refusal = signedIn.refusal(of: identity) { return report(false, refusal) }
            if signedIn.grant.exchange.kind.handsTokenToAWS, let refusal = Self.refusalOfAWS(token) {
                return report(false, refusal)
            }
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
        case .audienceMissing, .audienceWrong: ". The issuer's `audiences` list the accepted ones"
        case .authorizedPartyWrong: ". The issuer's `authorized-parties` list the accepted clients"
        case .expired: ". Get a new token, or check the clocks; `leeway` tolerates a difference"
        case .notYetValid, .issuedInFuture: ". Check the clocks; the issuer's `leeway` tolerates a difference"
        case .lifetimeTooLong:
            ". Let the provider issue tokens for a shorter time, or raise the issuer's `maximum-lifetime`"
        case .claimMissing, .claimWrong: ". The issuer's `require` demands it"
        case .kindNotAllowed: ". Send the ID token or an access token"
        default: ""
        }
    }

    private func report(_ accepted: Bool, _ detail: String) -> Bool {
        write("\(accepted ? "accepted" : "refused"): \(detail)", to: .standardOutput)
        return accepted
    }

    private static func refusalOfAWS(_ token: BearerToken) -> String? {
        do throws(ExchangeError) {
            try token.checkSignatureForAWS()
            return nil
        } catch {
            return error.detail
        }
    }

    private func readInput() -> TokenInput? {
        let limit = 64 << 10
        guard let data = try? FileHandle.standardInput.read(upToCount: limit + 1), data.count <= limit else {
            return nil
        }
        return TokenInput(String(decoding: data, as: UTF8.self))
    }
}
