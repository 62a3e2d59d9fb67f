// SPDX-License-Identifier: Apache-2.0

import AWS
import Cryptography
import Vending
import Yams

/// The entries of `apps`.
final class AppDecoder {
    private let diagnostics: Diagnostics
    /// The issuers that `issuers` defines. `nil` if one of them could not be decoded; then no reference is reported as
    /// unknown.
    private let known: Set<Issuer>?
    /// The algorithms of each issuer that limits them.
    private let algorithms: [Issuer: [SignatureAlgorithm]]
    /// The clients of each issuer that has valid lists of them.
    private let clients: [Issuer: TokenClients]
    private let aws: AWSSettings?
    private let minimumLife: Double
    /// The STS endpoint; `nil` if it is unknown.
    private let sts: Endpoint?
    /// Whether Purser is configured as an issuer.
    private let mints: Bool
    private var monitors: [(audience: Grant.Audience, name: String, path: String, line: Int?)] = []

    init(
        _ diagnostics: Diagnostics, known: Set<Issuer>?, algorithms: [Issuer: [SignatureAlgorithm]],
        clients: [Issuer: TokenClients], aws: AWSSettings?, minimumLife: Double, mints: Bool, sts: Endpoint? = nil
    ) {
        self.diagnostics = diagnostics
        self.known = known
        self.algorithms = algorithms
        self.clients = clients
        self.aws = aws
        self.minimumLife = minimumLife
        self.mints = mints
        self.sts = sts
    }

    func read(_ node: Node, key: String, line: Int?) -> AppSettings? {
        let name = AppName(key)
        if name == nil {
            diagnostics.add(
                "apps", found: key, expected: "an app's name: 1–64 of A–Z a–z 0–9 - _ ., the first a letter or digit",
                at: line)
        }
        guard var app = SettingsMapping(node, name: "apps.\(key)", diagnostics) else { return nil }
        let origins = app.list(
            "origins", expected: SettingsValues.expectedOrigin, required: false, mayBeEmpty: true, SettingsValues.origin
        )
        var (signedIn, guest): (GrantSettings?, GrantSettings?)
        var trusted: [Issuer] = []
        var tokenClients = TokenClients(audiences: [], authorizedParties: [])
        var requirements: [ClaimRequirement] = []
        var userDetails = UserDetailsRule.any
        let signedInMapping = app.mapping("signed-in")
        let guestMapping = app.mapping("guest")
        if var mapping = signedInMapping {
            trusted = readIssuers(&mapping)
            tokenClients = TokenClientsDecoder(diagnostics, known: clients).read(&mapping, issuers: trusted)
            requirements = RequirementDecoder(diagnostics).read(&mapping)
            userDetails = RequirementDecoder(diagnostics).readUserDetails(&mapping)
            signedIn = readGrant(&mapping, .signedIn, trusted)
        }
        if var mapping = guestMapping { guest = readGrant(&mapping, .guest, []) }
        if signedInMapping == nil, guestMapping == nil {
            diagnostics.add("apps.\(key): found neither signed-in nor guest; expected at least one of them", at: line)
        }
        app.finish()
        return name.map {
            AppSettings(
                name: $0, origins: origins ?? [], signedIn: signedIn, issuers: trusted, clients: tokenClients,
                requirements: requirements, userDetails: userDetails, guest: guest)
        }
    }

    /// No guest monitor may be the signed-in monitor of any app, or guests could write as users.
    func checkMonitors() {
        for monitor in monitors where monitor.audience == .guest {
            if monitors.contains(where: { $0.audience == .signedIn && $0.name == monitor.name }) {
                diagnostics.add(
                    monitor.path, found: monitor.name, expected: "a monitor that is no app's signed-in monitor",
                    at: monitor.line)
            }
        }
    }

    private func readIssuers(_ mapping: inout SettingsMapping) -> [Issuer] {
        guard let known else {
            return mapping.list("issuers", expected: "an issuer that `issuers` defines") { Issuer($0) } ?? []
        }
        let expected =
            known.isEmpty
            ? "an issuer that `issuers` defines (it defines none)"
            : "one of the issuers that `issuers` defines: \(known.map(\.rawValue).sorted().joined(separator: ", "))"
        return mapping.list("issuers", expected: expected) { text in
            known.contains(Issuer(text)) ? Issuer(text) : nil
        } ?? []
    }

    private func readGrant(
        _ mapping: inout SettingsMapping, _ audience: Grant.Audience, _ trusted: [Issuer]
    ) -> GrantSettings? {
        let monitor = readMonitor(&mapping, audience)
        let kinds = Grant.Exchange.Kind.allCases.filter { audience == .signedIn || $0 != .webIdentity }
        let kind = mapping.value("exchange", expected: "one of \(kinds.map(\.rawValue).joined(separator: ", "))") {
            text in
            kinds.first { $0.rawValue == text }
        }
        let pool = IdentityPoolDecoder(diagnostics).read(&mapping, kind)
        let role = mapping.value("role", expected: expectedRole, required: pool?.flow != .enhanced, role)
        let session = readSession(&mapping)
        let externalID = readExternalID(&mapping, kind)
        let attribution = AttributionDecoder(diagnostics).read(&mapping, audience, kind, issuers: trusted)
        let guestSessions = readGuestSessions(&mapping, audience)
        let handOut = HandOutDecoder(diagnostics, sts: sts).read(&mapping, isEnhanced: pool?.flow == .enhanced)
        if let kind { checkAlgorithms(trusted, kind, mapping) }
        if kind == .minted, !mints {
            diagnostics.add(
                "\(mapping.path("exchange")): found minted without `minting`; expected `minting` with issuer and keys",
                at: mapping.lineOf("exchange"))
        }
        mapping.finish()
        guard let monitor, let kind, let exchange = exchange(kind, role, externalID, pool) else { return nil }
        return GrantSettings(
            monitorName: monitor.name, monitorID: monitor.id, monitorAlias: monitor.alias, exchange: exchange,
            role: role, session: session, attribution: attribution, guestSessions: guestSessions,
            delivery: handOut.delivery, handOut: handOut.handOut)
    }

    private func exchange(
        _ kind: Grant.Exchange.Kind, _ role: RoleARN?, _ externalID: String?, _ pool: IdentityPoolDecoder.Read?
    ) -> Grant.Exchange? {
        switch kind {
        case .webIdentity: role.map { .webIdentity(role: $0.text) }
        case .assumeRole: role.map { .assumeRole(role: $0.text, externalID: externalID) }
        case .minted: role.map { .minted(role: $0.text) }
        case .cognito: pool?.pool(role: role?.text).map { .cognito($0) }
        }
    }

    private func readSession(_ mapping: inout SettingsMapping) -> Duration {
        let session = mapping.value(
            "session", expected: "a duration of 15m to 12h", required: false,
            SettingsValues.session)
        let duration = session ?? .seconds(3600)
        if duration / .seconds(1) <= minimumLife {
            diagnostics.add(
                "\(mapping.name).session", found: "\(Int(duration / .seconds(1)))s",
                expected: "more than cache.minimum-life", at: mapping.lineOf("session"))
        }
        return duration
    }

    /// AssumeRole `ExternalId`.
    private func readExternalID(_ mapping: inout SettingsMapping, _ kind: Grant.Exchange.Kind?) -> String? {
        if let kind, kind != .assumeRole, mapping.holds("external-id") {
            diagnostics.add(
                "\(mapping.path("external-id")): not with exchange \(kind.rawValue); expected it with assume-role only",
                at: mapping.lineOf("external-id"))
        }
        return mapping.value(
            "external-id", expected: "2–1224 of A–Z a–z 0–9 and _ + = , . @ : / -", required: false
        ) { text in
            let isLegal =
                (2...1_224).contains(text.utf8.count)
                && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "_+=,.@:/-".utf8.contains($0) }
            return isLegal ? text : nil
        }
    }

    private func readGuestSessions(
        _ mapping: inout SettingsMapping, _ audience: Grant.Audience
    ) -> Grant.GuestSessions {
        guard audience == .guest else { return .shared }
        let allowed = Grant.GuestSessions.allCases.map(\.rawValue).joined(separator: " or ")
        return mapping.value("sessions", expected: allowed, required: false, Grant.GuestSessions.init(rawValue:))
            ?? .shared
    }

    private var expectedRole: String {
        let (partition, account) = (aws?.region.partition.rawValue ?? "aws", aws?.account ?? "123456789012")
        return "the ARN of a role of the monitor's account, such as arn:\(partition):iam::\(account):role/Name"
    }

    /// PutRumEvents accepts no credentials of another account, and no ARN is valid in two partitions.
    private func role(_ text: String) -> RoleARN? {
        guard let role = try? RoleARN(text) else { return nil }
        guard let aws else { return role }
        return role.account == aws.account && role.partition == aws.region.partition ? role : nil
    }

    private func readMonitor(
        _ mapping: inout SettingsMapping, _ audience: Grant.Audience
    ) -> (name: String, id: String, alias: String?)? {
        guard var monitor = mapping.mapping("monitor", required: true, expected: "a mapping of name and id") else {
            return nil
        }
        let name = monitor.value("name", expected: SettingsValues.expectedMonitorName, SettingsValues.monitorName)
        let id = monitor.value("id", expected: SettingsValues.expectedMonitorID, SettingsValues.monitorID)
        let alias = monitor.value(
            "alias", expected: SettingsValues.expectedAlias, required: false, SettingsValues.alias)
        monitor.finish()
        if let name { monitors.append((audience, name, monitor.path("name"), monitor.lineOf("name"))) }
        guard let name, let id else { return nil }
        return (name, id, alias)
    }

    /// An exchange that hands the token to AWS needs an algorithm that AWS accepts.
    private func checkAlgorithms(_ trusted: [Issuer], _ kind: Grant.Exchange.Kind, _ mapping: SettingsMapping) {
        guard kind.handsTokenToAWS else { return }
        for issuer in Set(trusted) {
            guard let algorithms = algorithms[issuer], !algorithms.contains(where: \.isAcceptedByAWS) else { continue }
            diagnostics.add(
                "\(mapping.name).exchange", found: kind.rawValue,
                expected:
                    "an issuer that signs with RS* or ES*: \(kind == .cognito ? "Cognito" : "STS") accepts no other "
                    + "algorithm, and \(issuer) allows " + algorithms.map(\.rawValue).joined(separator: ", "),
                at: mapping.lineOf("exchange"))
        }
    }
}
