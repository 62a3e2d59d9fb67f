// SPDX-License-Identifier: Apache-2.0

import AWS
import BrokerConfiguration
import Cryptography
import Tokens
import Vending

/// What `purser check` remarks about the tokens that apps accept.
struct TokenRemarks {
    private let settings: Settings

    init(_ settings: Settings) {
        self.settings = settings
    }

    var all: [String] { sharedAudiences + signatures + outboundTokens }

    /// Apps whose users are each other's, one remark for each issuer and group of apps.
    private var sharedAudiences: [String] {
        settings.issuers.flatMap { issuer in
            var groups: [(apps: [AppSettings], audiences: [String])] = []
            for audience in issuer.audiences {
                let apps = apps(accepting: audience, of: issuer)
                guard !apps.isEmpty else { continue }
                if let index = groups.firstIndex(where: { $0.apps.map(\.name) == apps.map(\.name) }) {
                    groups[index].audiences.append(audience)
                } else {
                    groups.append((apps, [audience]))
                }
            }
            return groups.map { remark(on: issuer, $0.apps, $0.audiences) }
        }
    }

    /// The apps that share tokens with this audience with another app: not those whose authorized parties differ.
    private func apps(accepting audience: String, of issuer: IssuerSettings) -> [AppSettings] {
        let apps = settings.apps.filter { app in
            app.signedIn != nil && app.issuers.contains(issuer.issuer)
                && app.clients(of: issuer).audiences.contains(audience)
        }
        return apps.filter { app in
            let parties = Set(app.clients(of: issuer).authorizedParties)
            return apps.contains { other in
                guard other.name != app.name else { return false }
                let others = Set(other.clients(of: issuer).authorizedParties)
                return parties.isEmpty || others.isEmpty || !parties.isDisjoint(with: others)
            }
        }
    }

    private func remark(on issuer: IssuerSettings, _ apps: [AppSettings], _ audiences: [String]) -> String {
        let names = apps.map(\.name.rawValue).joined(separator: ", ")
        let isRestricted = apps.contains { !$0.requirements.isEmpty }
        return "apps \(names): each accepts the tokens of the others, which share the issuer \(issuer.issuer) and "
            + "\(audiences.joined(separator: ", "))\(isRestricted ? ", apart from what `require` excludes" : "")"
            + "; to separate their users, set signed-in.audiences or signed-in.authorized-parties"
    }

    /// Tokens that Purser accepts and that AWS refuses.
    private var signatures: [String] {
        settings.apps.flatMap { app -> [String] in
            guard let kind = app.signedIn?.exchange.kind, kind.handsTokenToAWS else { return [] }
            return settings.issuers.filter { app.issuers.contains($0.issuer) && mayUseOtherSignatures($0) }.map {
                "apps.\(app.name).signed-in: exchange \(kind.rawValue): tokens of \($0.issuer) that are signed with PS* "
                    + "or EdDSA get no credentials, because AWS accepts only RS* and ES*; set the issuer's "
                    + "`algorithms` to what it signs with"
            }
        }
    }

    /// AWS does not take back the tokens of `GetWebIdentityToken` (IAM User Guide, "Getting started with outbound
    /// identity federation").
    private var outboundTokens: [String] {
        settings.apps.flatMap { app -> [String] in
            guard let kind = app.signedIn?.exchange.kind, kind.handsTokenToAWS else { return [] }
            return app.issuers.filter { $0.rawValue.hasSuffix(".tokens.sts.global.api.aws") }.map {
                "apps.\(app.name).signed-in: exchange \(kind.rawValue): AWS refuses tokens of \($0), which are those of "
                    + "its own GetWebIdentityToken; use assume-role or minted"
            }
        }
    }

    private func mayUseOtherSignatures(_ issuer: IssuerSettings) -> Bool {
        if let algorithms = issuer.algorithms { return algorithms.contains { !$0.isAcceptedByAWS } }
        guard case .file(let file) = issuer.keys else { return true }
        let others = SignatureAlgorithm.allCases.filter { !$0.isAcceptedByAWS }
        return file.keys.keys.contains { key in others.contains { key.fits($0) } }
    }
}
