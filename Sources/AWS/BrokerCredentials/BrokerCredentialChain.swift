// SPDX-License-Identifier: Apache-2.0

package import Outbound
import Vending

/// Finds the broker's AWS credentials with the standard provider chain. Each call resolves the chain again;
/// `CachedBrokerCredentials` caches the result.
package struct BrokerCredentialChain: Sendable {
    private let planner: CredentialPlanner
    private let files: any FileReader
    private let transport: any OutboundTransport
    private let sts: STSClient
    private let clock: any Clock<Duration>

    /// - Parameters:
    ///   - environment: the process's variables.
    ///   - sts: for roles that the chain assumes.
    package init(
        environment: [String: String], files: any FileReader = SystemFiles(), transport: any OutboundTransport,
        sts: STSClient, clock: any Clock<Duration> = ContinuousClock()
    ) {
        planner = CredentialPlanner(environment: EnvironmentVariables(environment), files: files)
        self.files = files
        self.transport = transport
        self.sts = sts
        self.clock = clock
    }

    /// The source that would provide the credentials. Sends no request, but blocks on the disk.
    package func plan() throws(BrokerCredentialError) -> CredentialPlan {
        try planner.plan()
    }

    /// Credentials from the currently configured source, and the source's name. Each call reads the files again,
    /// because they can change; the environment stays that of `init`.
    package func load() async throws(BrokerCredentialError) -> (credentials: SigningCredentials, source: String) {
        let planner = planner
        let plan = try await BlockingWork.run { () throws(BrokerCredentialError) in try planner.plan() }
        var credentials: SigningCredentials
        do throws(BrokerCredentialError) {
            credentials = try await load(plan.base)
        } catch {
            guard plan.isLastResort else { throw BrokerCredentialError("\(plan.source): \(error)") }
            throw BrokerCredentialError("none are configured, and \(error)")
        }
        for role in plan.roles {
            credentials = try await assume(.assumeRole(role), signedBy: FixedCredentials(credentials), plan.source)
        }
        return (credentials, plan.source)
    }

    private func load(_ base: CredentialPlan.Base) async throws(BrokerCredentialError) -> SigningCredentials {
        switch base {
        case .keys(let keys): return keys
        case .webIdentity(let role):
            let files = files
            let request = try await BlockingWork.run { () throws(BrokerCredentialError) in try role.request(files) }
            return try await assume(request, signedBy: nil, nil)
        case .process(let command):
            let process = ProcessCredentials(command: command, environment: planner.environment)
            return try await BlockingWork.run { () throws(BrokerCredentialError) in try process.load() }
        case .container(let endpoint):
            return try await ContainerCredentials(
                endpoint, files: files, transport: transport,
                retry: RetryPolicy(limits: ContainerCredentials.limits, clock: clock)
            ).load()
        case .metadata(let endpoint):
            return try await MetadataCredentials(
                endpoint, transport: transport, retry: RetryPolicy(limits: MetadataCredentials.limits, clock: clock)
            ).load()
        }
    }

    private func assume(
        _ request: STSRequest, signedBy provider: FixedCredentials?, _ source: String?
    ) async throws(BrokerCredentialError) -> SigningCredentials {
        do throws(ExchangeError) {
            return try await sts.assumeForBroker(request, signedBy: provider)
        } catch {
            throw BrokerCredentialError((source.map { "\($0): " } ?? "") + error.detail)
        }
    }
}

extension STSRequest {
    fileprivate static func assumeRole(_ role: RoleStep) -> STSRequest {
        .assumeRole(
            RoleSession(
                roleARN: role.roleARN, sessionName: role.sessionName, durationSeconds: role.durationSeconds),
            AssumeRoleOptions(externalID: role.externalID))
    }
}
