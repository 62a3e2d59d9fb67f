// SPDX-License-Identifier: Apache-2.0

import AWS
import Cryptography
import Vending
import Yams

/// Decodes the whole file and collects all mistakes.
struct SettingsDecoder {
    private let diagnostics: Diagnostics
    private let minting: MintingSettings?
    private let variables: [String: String]

    /// - Parameters:
    ///   - minting: used if the file has no `minting`.
    ///   - variables: environment variables, in which secrets may be.
    init(_ diagnostics: Diagnostics, minting: MintingSettings? = nil, variables: [String: String]) {
        self.variables = variables
        self.diagnostics = diagnostics
        self.minting = minting
    }

    func read(_ node: Node, endpoints: Endpoints?) -> Settings? {
        guard var root = SettingsMapping(node, name: "", diagnostics) else { return nil }
        let listeners = ListenDecoder(diagnostics).read(&root)
        let (listen, admin) = (listeners.listen.address, listeners.admin.address)
        let hosts = root.list(
            "hosts", expected: SettingsValues.expectedHost, required: false, SettingsValues.host)
        let aws = readAWS(&root)
        let cache = readCache(&root)
        let limits = LimitsDecoder().read(&root)
        let issuers = readIssuers(&root)
        let identity = IdentityDecoder(diagnostics, secrets: SecretReader(diagnostics, variables: variables))
        let minting = identity.readMinting(&root) ?? minting
        let pseudonymKey = identity.readPseudonymKey(&root)
        let audit = identity.readAudit(&root)
        let log = LogDecoder(diagnostics).read(&root)
        let denied = identity.readDenied(&root, key: pseudonymKey)
        let logouts = LogoutDecoder(diagnostics).readLogouts(&root, issuers: issuers.logouts, key: pseudonymKey)
        let coreDumps = root.value("core-dumps", expected: "true or false", required: false, SettingsValues.flag)
        let apps = readApps(
            &root, issuers, aws: aws, minimumLife: cache.minimumLife,
            mints: root.holds("minting") || minting != nil,
            sts: aws.flatMap { endpoints?.sts(in: $0.region) })
        root.finish()
        guard let listen, let admin, let aws, let endpoints else { return nil }
        return Settings(
            listen: listen, proxyProtocol: listeners.listen.proxyProtocol,
            trustedProxies: listeners.proxies.blocks, trustsSocketPeers: listeners.proxies.includesSocketPeers,
            admin: admin, listenTransport: listeners.listen.transport, adminTransport: listeners.admin.transport,
            hosts: hosts ?? [], aws: aws, issuers: issuers.read, apps: apps,
            cache: cache, connections: limits.connections, rates: limits.rates, drain: limits.drain,
            exchangeTimeout: limits.exchangeTimeout, stsRate: limits.stsRate, rumRate: limits.rumRate,
            signedInReserve: limits.signedInReserve, batchBytes: limits.batchBytes, endpoints: endpoints,
            minting: minting, pseudonymKey: pseudonymKey, denied: denied, logouts: logouts, audit: audit,
            log: log, coreDumps: coreDumps ?? false)
    }

    private func readAWS(_ root: inout SettingsMapping) -> AWSSettings? {
        guard var aws = root.mapping("aws", required: true, expected: "a mapping of region and account") else {
            return nil
        }
        let region = aws.value("region", expected: "an AWS Region such as us-west-2") { text in
            Region(text).flatMap { $0.hasUsualForm ? $0 : nil }
        }
        let account = aws.value("account", expected: SettingsValues.expectedAccount, SettingsValues.account)
        aws.finish()
        guard let region, let account else { return nil }
        return AWSSettings(region: region, account: account)
    }

    private func readCache(_ root: inout SettingsMapping) -> CacheLimits {
        var limits = CacheLimits()
        guard var cache = root.mapping("cache") else { return limits }
        let life = cache.value(
            "minimum-life", expected: "a duration of 0s to 15m", required: false,
            SettingsValues.duration(in: .zero ... .seconds(900)))
        let entries = cache.value(
            "entries", expected: "a number of 1 to 10000000", required: false, SettingsValues.number(in: 1...10_000_000)
        )
        cache.finish()
        if let life { limits.minimumLife = life / .seconds(1) }
        if let entries { limits.capacity = entries }
        return limits
    }

    private struct Issuers {
        var read: [IssuerSettings] = []
        /// The issuers to which apps may refer. `nil` if the name of one could not be decoded.
        var names: Set<Issuer>? = []
        /// The algorithms of each issuer that limits them.
        var algorithms: [Issuer: [SignatureAlgorithm]] = [:]
        /// Each `backchannel-logout`; `nil` if there is no list.
        var logouts: [LogoutDecoder.Entry]? = []
        /// The clients of each issuer that has valid lists of them.
        var clients: [Issuer: TokenClients] = [:]
    }

    private func readIssuers(_ root: inout SettingsMapping) -> Issuers {
        var issuers = Issuers()
        guard let node = root.optional("issuers") else {
            if root.holds("issuers") { (issuers.names, issuers.logouts) = (nil, nil) }
            return issuers
        }
        guard case .sequence(let list) = node else {
            diagnostics.add("issuers: found \(node.kind); expected a list of issuers", at: node.line)
            (issuers.names, issuers.logouts) = (nil, nil)
            return issuers
        }
        for (index, item) in list.enumerated() {
            let outcome = IssuerDecoder(diagnostics).read(item, name: "issuers[\(index)]")
            if let logout = outcome.logout { issuers.logouts?.append(logout) }
            guard let name = outcome.name else {
                issuers.names = nil
                continue
            }
            if issuers.names?.insert(name).inserted == false {
                diagnostics.add(
                    "issuers[\(index)].issuer", found: name.rawValue, expected: "each issuer once", at: item.line)
            }
            issuers.algorithms[name] = outcome.algorithms
            issuers.clients[name] = outcome.clients
            if let issuer = outcome.issuer { issuers.read.append(issuer) }
        }
        return issuers
    }

    private func readApps(
        _ root: inout SettingsMapping, _ issuers: Issuers, aws: AWSSettings?, minimumLife: Double, mints: Bool,
        sts: Endpoint?
    ) -> [AppSettings] {
        guard let apps = root.mapping("apps", required: true, expected: "a mapping of at least one app") else {
            return []
        }
        if apps.entries.isEmpty { diagnostics.add("apps: found none; expected at least one app", at: apps.line) }
        let decoder = AppDecoder(
            diagnostics, known: issuers.names, algorithms: issuers.algorithms, clients: issuers.clients, aws: aws,
            minimumLife: minimumLife, mints: mints, sts: sts)
        let read = apps.entries.compactMap { decoder.read($0.node, key: $0.key, line: $0.line) }
        decoder.checkMonitors()
        return read
    }
}
