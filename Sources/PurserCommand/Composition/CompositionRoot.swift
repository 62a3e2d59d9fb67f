// SPDX-License-Identifier: Apache-2.0

import AWS
import BrokerConfiguration
import Cryptography
import Foundation
import Logging
import Observability
import Service
import Tokens
import Vending

/// Builds the broker with all its parts from the settings. The only place that depends on all of them.
struct CompositionRoot {
    let settings: Settings
    let broker: Broker
    let apps: [App]
    let authenticator: TokenAuthenticator
    let cache: CredentialCache
    let denied: DenyList
    let limits: RequestLimits
    let clients: ClientNames
    let brokerIdentity: BrokerIdentity
    let audit: AuditLog
    let metrics = Metrics()
    /// Warnings about a valid configuration, for the operator.
    let remarks: [String]

    /// Published without authorization.
    let files: [PublishedFile]
    let pseudonyms: PseudonymKey

    /// - Parameters:
    ///   - audit: without it, audit events are not recorded.
    ///   - additional: files to publish in addition to those of the broker.
    init(
        _ settings: Settings, _ environment: Environment, audit: LogSink? = nil,
        publishing additional: [PublishedFile] = [], logger: Logger
    ) {
        self.settings = settings
        let endpoints = settings.endpoints
        var remarks: [String] = []
        let rules = settings.issuers.map { issuer in
            if case .file(let file) = issuer.keys {
                remarks += file.keys.skipped.map { "issuers: keys of \(issuer.issuer): not used: \($0)" }
            }
            return Self.rules(issuer, settings.apps, Self.keys(issuer, environment, logger))
        }
        authenticator = TokenAuthenticator(issuers: rules)
        apps = settings.apps.map { Self.app($0, settings, endpoints) }
        let now = environment.now
        cache = CredentialCache(limits: settings.cache, now: now) { key, failure in
            logger.warning(
                "refresh failed",
                metadata: [
                    "app": "\(key.app)", "reason": "exchange_\(failure.kind.rawValue)", "detail": "\(failure.detail)",
                ])
        } executor: {
            EventLoopExecutor.current
        }
        denied = DenyList(settings.denied?.pseudonyms ?? [])
        pseudonyms = settings.pseudonymKey ?? .random()
        if settings.pseudonymKey == nil,
            settings.apps.contains(where: { $0.signedIn?.attribution.naming == .pseudonym })
        {
            remarks.append(
                "pseudonyms: without a key, the pseudonyms of users change with each start, and `purser whois` "
                    + "cannot resolve them")
        }
        for app in settings.apps {
            for (name, grant) in [("signed-in", app.signedIn), ("guest", app.guest)] {
                guard let grant, !grant.exchange.sendsSessionPolicy else { continue }
                remarks.append(
                    "apps.\(app.name).\(name): exchange cognito with flow enhanced takes no session policy: only the "
                        + "policy of the pool's role limits what a session may do")
            }
        }
        let minting = Exchanges.minting(settings, now: now)
        files = PublishedFile.browserModule + [.description] + (minting.map(PublishedFile.issuer) ?? []) + additional
        let exchanges = Exchanges(settings, environment, pseudonyms, minting, metrics.calls, logger)
        brokerIdentity = exchanges.brokerIdentity
        limits = RequestLimits(settings.rates, limited: { [limited = metrics.limited] in limited.increment($0) })
        clients = ClientNames(showsAddresses: settings.log.clientAddress, hash: pseudonyms.hash)
        let trail = AuditLog(
            sink: audit, isRequired: settings.audit.isRequired, recordsHits: settings.audit.recordsHits,
            clients: clients, now: now)
        self.audit = trail
        broker = Broker(
            apps: apps, cache: cache, denied: denied, limits: limits,
            ports: Broker.Ports(
                verifier: authenticator, exchange: exchanges.dispatcher, pseudonyms: pseudonyms,
                audit: trail, meter: metrics,
                encode: CredentialsBody.encode,
                dataPlane: DataPlaneClient(
                    transport: environment.transport,
                    endpointGuard: metrics.calls.endpointGuard(
                        .rum, perSecond: settings.rumRate, signedInReserve: settings.signedInReserve),
                    timeout: settings.exchangeTimeout, now: now),
                batches: StrictBatchReader(batchBytes: settings.batchBytes), now: now,
                visitor: Randomness.identifier))
        self.remarks = remarks
    }

    private static func keys(
        _ issuer: IssuerSettings, _ environment: Environment, _ logger: Logger
    ) -> any KeySource {
        let log = KeyLog(issuer: issuer.issuer, logger: logger)
        switch issuer.keys {
        case .file(let file):
            return WatchedKeys(file.keys, content: file.content, report: log.report) {
                try await KeyFile.reread(file.url)
            }
        case .remote(let location):
            return RemoteKeys(
                at: location, transport: environment.transport, coolDown: issuer.refetchCoolDown,
                maximumStaleness: issuer.maximumStaleness, report: log.report)
        }
    }

    private static func rules(
        _ issuer: IssuerSettings, _ apps: [AppSettings], _ keys: any KeySource
    ) -> IssuerRules {
        var kept: [ClaimPath] = []
        for app in apps where app.issuers.contains(issuer.issuer) {
            let tagged = app.signedIn?.attribution.claims ?? []
            let named = [app.userDetails.path].compactMap { $0 }
            for path in app.requirements.map(\.path) + tagged + named where !kept.contains(path) { kept.append(path) }
        }
        return IssuerRules(
            issuer: issuer.issuer, audiences: issuer.audiences, algorithms: issuer.algorithms.map(Set.init),
            leeway: issuer.leeway, maximumLifetime: issuer.maximumLifetime, requirements: issuer.requirements,
            keptClaims: kept, keys: keys)
    }

    private static func app(_ app: AppSettings, _ settings: Settings, _ endpoints: Endpoints) -> App {
        func grant(_ grant: GrantSettings, _ audience: Grant.Audience) -> Grant {
            let region = settings.aws.region
            let monitor = AppMonitor(
                name: grant.monitorName, id: grant.monitorID, region: region.name, account: settings.aws.account,
                partition: region.partition.rawValue, endpoint: endpoints.rumDataPlane(in: region).url)
            return Grant(
                app: app.name, audience: audience, monitor: monitor, exchange: grant.exchange,
                sessionDuration: Int(grant.session / .seconds(1)), attribution: grant.attribution,
                guestSessions: grant.guestSessions, digest: { SHA256Digest(hashing: $0) })
        }
        return App(
            name: app.name, origins: Set(app.origins),
            signedIn: app.signedIn.map {
                App.SignedIn(
                    grant: grant($0, .signedIn), issuers: Set(app.issuers), requirements: app.requirements,
                    userDetails: app.userDetails)
            },
            guest: app.guest.map { grant($0, .guest) })
    }
}
