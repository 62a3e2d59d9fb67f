import AWS
import Cryptography
import Vending
import Yams

/// The entries of `apps`.
final class AppReading {
    private let findings: SettingsFindings
    /// `nil` where not all could be told, and so none is held to be unknown.
    private let known: Set<Issuer>?
    /// Those that issuers are held to.
    private let algorithms: [Issuer: [SignatureAlgorithm]]
    private let aws: Settings.AWSAccount?
    private let minimumLife: Double
    private var monitors: [(audience: Grant.Audience, name: String, path: String, line: Int?)] = []

    init(
        _ findings: SettingsFindings, known: Set<Issuer>?, algorithms: [Issuer: [SignatureAlgorithm]],
        aws: Settings.AWSAccount?, minimumLife: Double
    ) {
        self.findings = findings
        self.known = known
        self.algorithms = algorithms
        self.aws = aws
        self.minimumLife = minimumLife
    }

    func read(_ node: Node, key: String, line: Int?) -> Settings.App? {
        let name = AppName(key)
        if name == nil {
            findings.add(
                "apps", found: key, expected: "an app's name: 1–64 of A–Z a–z 0–9 - _ ., the first a letter or digit",
                at: line)
        }
        guard var app = SettingsMapping(node, name: "apps.\(key)", findings) else { return nil }
        let origins = app.list(
            "origins", expected: SettingsValues.expectedOrigin, required: false, mayBeEmpty: true, SettingsValues.origin
        )
        var (signedIn, guest): (Settings.Grant?, Settings.Grant?)
        var trusted: [Issuer] = []
        var requirements: [ClaimRequirement] = []
        let signedInMapping = app.mapping("signed-in")
        let guestMapping = app.mapping("guest")
        if var mapping = signedInMapping {
            trusted = readIssuers(&mapping)
            requirements = RequirementReading(findings).read(&mapping)
            signedIn = readGrant(&mapping, .signedIn, trusted)
        }
        if var mapping = guestMapping { guest = readGrant(&mapping, .guest, []) }
        if signedInMapping == nil, guestMapping == nil {
            findings.add("apps.\(key): found neither signed-in nor guest; expected at least one of them", at: line)
        }
        app.finish()
        return name.map {
            Settings.App(
                name: $0, origins: origins ?? [], signedIn: signedIn, issuers: trusted, requirements: requirements,
                guest: guest)
        }
    }

    /// A monitor for guests must be nobody's monitor for signed-in users, or guests could write as users.
    func checkMonitors() {
        for monitor in monitors where monitor.audience == .guest {
            if monitors.contains(where: { $0.audience == .signedIn && $0.name == monitor.name }) {
                findings.add(
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
    ) -> Settings.Grant? {
        let monitor = readMonitor(&mapping, audience)
        let exchanges: [Grant.Exchange] = audience == .guest ? [.assumeRole] : Grant.Exchange.allCases
        let exchange = mapping.value(
            "exchange", expected: "one of \(exchanges.map(\.rawValue).joined(separator: ", "))"
        ) { text in exchanges.first { $0.rawValue == text } }
        let role = mapping.value("role", expected: expectedRole, role)
        let session = mapping.value(
            "session", expected: "a duration of 15m to 12h", required: false,
            SettingsValues.duration(in: .seconds(900) ... .seconds(43_200)))
        let duration = session ?? .seconds(3600)
        if duration / .seconds(1) <= minimumLife {
            findings.add(
                "\(mapping.name).session", found: "\(Int(duration / .seconds(1)))s",
                expected: "more than cache.minimum-life", at: mapping.lineOf("session"))
        }
        if exchange == .webIdentity { checkAlgorithms(trusted, mapping) }
        mapping.finish()
        guard let monitor, let exchange, let role else { return nil }
        return Settings.Grant(
            monitorName: monitor.name, monitorID: monitor.id, exchange: exchange, role: role, session: duration)
    }

    private var expectedRole: String {
        let (partition, account) = (aws?.region.partition.rawValue ?? "aws", aws?.account ?? "123456789012")
        return "the ARN of a role of the monitor's account, such as arn:\(partition):iam::\(account):role/Name"
    }

    /// An app monitor can't be written to from another account (PutRumEvents), and partitions don't meet.
    private func role(_ text: String) -> RoleARN? {
        guard let role = try? RoleARN(text) else { return nil }
        guard let aws else { return role }
        return role.account == aws.account && role.partition == aws.region.partition ? role : nil
    }

    private func readMonitor(
        _ mapping: inout SettingsMapping, _ audience: Grant.Audience
    ) -> (name: String, id: String)? {
        guard var monitor = mapping.mapping("monitor", required: true, expected: "a mapping of name and id") else {
            return nil
        }
        let name = monitor.value("name", expected: SettingsValues.expectedMonitorName, SettingsValues.monitorName)
        let id = monitor.value("id", expected: SettingsValues.expectedMonitorID, SettingsValues.monitorID)
        monitor.finish()
        if let name { monitors.append((audience, name, monitor.path("name"), monitor.lineOf("name"))) }
        guard let name, let id else { return nil }
        return (name, id)
    }

    /// STS takes RS and ES signatures only (AssumeRoleWithWebIdentity `WebIdentityToken`).
    private func checkAlgorithms(_ trusted: [Issuer], _ mapping: SettingsMapping) {
        for issuer in Set(trusted) {
            guard let algorithms = algorithms[issuer],
                !algorithms.contains(where: { $0.rawValue.hasPrefix("RS") || $0.rawValue.hasPrefix("ES") })
            else { continue }
            findings.add(
                "\(mapping.name).exchange", found: "web-identity",
                expected:
                    "an issuer that signs with RS* or ES*: STS takes nothing else, and \(issuer) is held to "
                    + algorithms.map(\.rawValue).joined(separator: ", "), at: mapping.lineOf("exchange"))
        }
    }
}
