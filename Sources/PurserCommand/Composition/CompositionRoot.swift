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
///
/// After a reload, another one is built. It shares with the old one what holds state: cached credentials, verdicts, keys,
/// limits, counters.
struct CompositionRoot: Sendable {
    let settings: Settings
    let broker: Broker
    let apps: [App]
    let authenticator: TokenAuthenticator
    let cache: CredentialCache
    /// The sessions that Purser keeps for grants with `hand-out`.
    let parents: ParentSessions
    let denied: DenyList
    let logouts: LogoutList
    /// `nil` if no issuer sends logout tokens, or the command receives none.
    let logout: BackChannelLogout?
    let limits: RequestLimits
    let clients: ClientNames
    let exchanges: Exchanges
    let audit: AuditLog
    let metrics: Metrics
    private let dataPlane: DataPlaneClient
    /// Warnings about a valid configuration, for the operator.
    let remarks: [String]

    /// Published without authorization.
    let files: [PublishedFile]
    let pseudonyms: PseudonymKey
    private let journal: LogoutJournal?
    private let keys: [Issuer: (settings: IssuerSettings, source: any KeySource)]

    var brokerIdentity: BrokerIdentity { exchanges.brokerIdentity }

    /// - Parameters:
    ///   - audit: without it, audit events are not recorded.
    ///   - journal: the open file of logouts; without it, no logouts are received.
    ///   - additional: files to publish in addition to those of the broker.
    init(
        _ settings: Settings, _ environment: Environment, audit: LogSink? = nil, journal: LogoutJournal? = nil,
        publishing additional: [PublishedFile] = [], logger: Logger, replacing old: CompositionRoot? = nil
    ) {
        self.settings = settings
        let metrics = old?.metrics ?? Metrics()
        self.metrics = metrics
        let endpoints = settings.endpoints
        var remarks: [String] = []
        let pseudonyms = old?.pseudonyms ?? settings.pseudonymKey ?? .random()
        self.pseudonyms = pseudonyms
        var keys: [Issuer: (settings: IssuerSettings, source: any KeySource)] = [:]
        let rules = settings.issuers.map { issuer in
            if case .file(let file) = issuer.keys {
                remarks += file.keys.skipped.map { "issuers: keys of \(issuer.issuer): not used: \($0)" }
            }
            let known = old?.keys[issuer.issuer].flatMap { $0.settings.hasSameKeys(as: issuer) ? $0.source : nil }
            let source = known ?? Self.keys(issuer, environment, logger)
            keys[issuer.issuer] = (issuer, source)
            let rules = Self.rules(issuer, settings.apps, source, pseudonyms)
            guard known != nil, let same = old?.authenticator.rules(of: issuer.issuer), same.isSame(as: rules) else {
                return rules
            }
            return same
        }
        self.keys = keys
        authenticator =
            old.map { TokenAuthenticator(issuers: rules, replacing: $0.authenticator) }
            ?? TokenAuthenticator(issuers: rules)
        apps = settings.apps.map { Self.app($0, settings, endpoints) }
        let now = environment.now
        let refreshFailed = { @Sendable (key: CacheKey, failure: ExchangeError) in
            logger.warning(
                "refresh failed",
                metadata: [
                    "app": "\(key.app)", "reason": "exchange_\(failure.kind.rawValue)", "detail": "\(failure.detail)",
                ])
        }
        let executor = { @Sendable () -> (any TaskExecutor)? in EventLoopExecutor.current }
        let grants = apps.flatMap(\.grants)
        cache =
            old?.cache
            ?? CredentialCache(
                limits: settings.cache.scaled(to: grants), usages: CacheUsages(), now: now,
                refreshFailed: refreshFailed, executor: executor)
        cache.usages.register(apps.map(\.name))
        denied = old?.denied ?? DenyList(settings.denied?.pseudonyms ?? [])
        logouts = old?.logouts ?? journal?.list ?? LogoutList()
        if settings.pseudonymKey == nil,
            settings.apps.contains(where: { $0.signedIn?.attribution.naming == .pseudonym })
        {
            remarks.append(
                "pseudonyms: without a key, the pseudonyms of users change with each start, and `purser whois` "
                    + "cannot resolve them")
        }
        for app in settings.apps {
            for (name, grant) in [("signed-in", app.signedIn), ("guest", app.guest)] {
                guard let grant, !grant.exchange.sendsSessionPolicy, grant.handOut == nil else { continue }
                remarks.append(
                    "apps.\(app.name).\(name): exchange cognito with flow enhanced takes no session policy: only the "
                        + "policy of the pool's role limits what a session may do")
            }
        }
        remarks += HandOutNotes(settings).remarks
        let minting = Exchanges.minting(settings, now: now)
        files =
            old?.files
            ?? PublishedFile.browserModule + [.description] + (minting.map(PublishedFile.issuer) ?? []) + additional
        exchanges = Exchanges(
            settings, environment, pseudonyms, minting, metrics.calls, logger, replacing: old?.exchanges)
        metrics.calls.spaces.register(apps.map(\.name))
        parents =
            old?.parents
            ?? ParentSessions(
                limits: settings.cache, grants: grants, scoping: exchanges.scoped, timeout: settings.exchangeTimeout,
                now: now, refreshFailed: refreshFailed, executor: executor)
        limits =
            old?.limits
            ?? RequestLimits(settings.rates, limited: { [limited = metrics.limited] in limited.increment($0) })
        let journal = old?.journal ?? journal
        self.journal = journal
        logout = journal.map { [logouts, cache, parents, limits] journal in
            Self.logout(
                settings, rules, list: logouts, journal: journal, cache: cache, parents: parents, limits: limits,
                now: now)
        }
        clients = old?.clients ?? ClientNames(showsAddresses: settings.log.clientAddress, hash: pseudonyms.hash)
        let trail =
            old?.audit
            ?? AuditLog(
                sink: audit, isRequired: settings.audit.isRequired, recordsHits: settings.audit.recordsHits,
                clients: clients, now: now)
        self.audit = trail
        dataPlane =
            old?.dataPlane
            ?? DataPlaneClient(
                transport: environment.transport,
                endpointGuard: metrics.calls.endpointGuard(
                    .rum, perSecond: settings.rumRate, signedInReserve: settings.signedInReserve),
                timeout: settings.exchangeTimeout, now: now)
        broker = Broker(
            apps: apps, cache: cache, denied: denied, logouts: logouts, limits: limits,
            ports: Broker.Ports(
                verifier: authenticator, exchange: exchanges.dispatcher, pseudonyms: pseudonyms,
                audit: trail, meter: metrics,
                encode: CredentialsBody.encoder(
                    apps.flatMap { [$0.signedIn?.grant.monitor, $0.guest?.monitor].compactMap { $0 } }),
                dataPlane: dataPlane,
                batches: StrictBatchReader(batchBytes: settings.batchBytes), now: now,
                visitor: Randomness.identifier), parents: parents)
        self.remarks = remarks + BypassRemarks.texts(settings) + ListenerRemarks.texts(settings)
    }

    /// Makes this root the only one whose verdicts and credentials count, except for requests in progress.
    func supersede(_ old: CompositionRoot) {
        let grants = apps.flatMap(\.grants)
        old.authenticator.retire(for: authenticator)
        cache.keep(only: grants, minimumLives: settings.cache.scaled(to: grants).minimumLives)
        parents.keep(only: grants)
    }

    /// The public service; see `CurrentService`.
    func service(log: AccessLog) -> CredentialsService {
        CredentialsService(
            broker: broker, apps: apps, files: files, batchBytes: settings.batchBytes,
            hash: { SHA256Digest(hashing: $0) }, log: log, limits: limits, logout: logout,
            inFlight: metrics.inFlight)
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
                burst: issuer.refetchBurst, maximumStaleness: issuer.maximumStaleness,
                discovered: LogoutAnnouncement(issuer: issuer.issuer, name: issuer.logout?.name, logger: logger).report,
                report: log.report)
        }
    }

    private static func rules(
        _ issuer: IssuerSettings, _ apps: [AppSettings], _ keys: any KeySource,
        _ hashing: any LogoutHashing
    ) -> IssuerRules {
        var kept: [ClaimPath] = []
        var parties: [String] = []
        for app in apps where app.issuers.contains(issuer.issuer) {
            let tagged = app.signedIn?.attribution.claims ?? []
            let named = [app.userDetails.path].compactMap { $0 }
            for path in app.requirements.map(\.path) + tagged + named where !kept.contains(path) { kept.append(path) }
            for party in app.clients.authorizedParties where !parties.contains(party) { parties.append(party) }
        }
        return IssuerRules(
            issuer: issuer.issuer, audiences: issuer.audiences, authorizedParties: issuer.authorizedParties,
            keptParties: parties, algorithms: issuer.algorithms.map(Set.init), leeway: issuer.leeway,
            maximumLifetime: issuer.maximumLifetime, requirements: issuer.requirements,
            keptClaims: kept, keys: keys,
            logout: issuer.logout.map { LogoutRules(audiences: $0.audiences ?? issuer.audiences, hashing: hashing) })
    }

    private static func app(_ app: AppSettings, _ settings: Settings, _ endpoints: Endpoints) -> App {
        func grant(_ grant: GrantSettings, _ audience: Grant.Audience) -> Grant {
            let region = settings.aws.region
            let monitor = AppMonitor(
                name: grant.monitorName, id: grant.monitorID, region: region.name, account: settings.aws.account,
                partition: region.partition.rawValue, endpoint: endpoints.rumDataPlane(in: region).url,
                alias: grant.monitorAlias)
            return Grant(
                app: app.name, audience: audience, monitor: monitor, exchange: grant.exchange,
                sessionDuration: Int(grant.session / .seconds(1)), attribution: grant.attribution,
                guestSessions: grant.guestSessions, handOut: grant.handOut, delivery: grant.delivery,
                digest: { SHA256Digest(hashing: $0) })
        }
        return App(
            name: app.name, origins: Set(app.origins),
            signedIn: app.signedIn.map {
                App.SignedIn(
                    grant: grant($0, .signedIn), issuers: Set(app.issuers), audiences: app.clients.audiences,
                    authorizedParties: app.clients.authorizedParties, requirements: app.requirements,
                    userDetails: app.userDetails)
            },
            guest: app.guest.map { grant($0, .guest) })
    }
}
