// SPDX-License-Identifier: Apache-2.0

import AWS
import BrokerConfiguration
import Logging
import ServiceLifecycle
import Vending

/// The broker's AWS credentials: their source and their cache.
struct BrokerIdentity: Sendable {
    let credentials: CachedBrokerCredentials
    private let chain: BrokerCredentialChain

    /// - Parameter patience: maximum time that an exchange waits for them.
    init(_ environment: Environment, patience: Duration, sts: STSClient, logger: Logger) {
        let chain = BrokerCredentialChain(
            environment: environment.variables, transport: environment.transport, sts: sts)
        self.chain = chain
        credentials = CachedBrokerCredentials(
            patience: patience, now: environment.now,
            report: { event in
                switch event {
                case .source(let name): logger.info("broker credentials", metadata: ["source": "\(name)"])
                case .renewalFailed(let problem):
                    logger.warning("broker credentials not renewed", metadata: ["detail": "\(problem)"])
                }
            }, load: chain.load)
    }

    /// Finds sessions that are longer than AWS allows: if the broker's AWS credentials are a role's, AssumeRole issues
    /// sessions of one hour at most ("role chaining"). Makes no network calls, but reads files.
    /// - Returns: messages about sessions that AWS rejects, and about those that it may reject.
    func tooLongSessions(_ settings: Settings) -> (refused: [String], doubtful: [String]) {
        // Missing credentials are reported elsewhere.
        guard settings.needsBrokerCredentials, let plan = try? plan(), plan.isRoleSession else { return ([], []) }
        let found = settings.apps.flatMap { app in
            [("signed-in", app.signedIn), ("guest", app.guest)].compactMap { name, grant -> String? in
                guard let grant, grant.exchange.kind == .assumeRole, grant.session > .seconds(3_600) else { return nil }
                return "apps.\(app.name).\(name).session: found \(Int(grant.session / .seconds(1)))s; expected at most "
                    + "1h if the broker's AWS credentials (\(plan.summary)) are a role's: AWS limits chained sessions "
                    + "to 1h"
            }
        }
        return plan.isRoleSessionForSure ? (found, []) : ([], found)
    }

    /// The source that would be used. Makes no network calls, but reads files.
    /// - Throws: why no source is usable.
    func plan() throws(BrokerCredentialError) -> CredentialPlan {
        try chain.plan()
    }
}

/// Fetches the broker's AWS credentials at the start, so that the log contains their source or the error, and again while
/// there are none: a process that is not ready because of them gets no requests that would fetch them.
struct BrokerIdentityAtStart: ServiceLifecycle.Service {
    let identity: BrokerIdentity
    /// Whether an exchange of the configuration in use needs them.
    let isNeeded: @Sendable () -> Bool
    var time = MonotonicTime.system
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var isReported = false
            while !Task.isCancelled {
                if isNeeded(), !identity.credentials.status.areValid { isReported = await load(isReported) }
                do { try await time.sleep(Self.interval) } catch { return }
            }
        }
        try await gracefulShutdown()
    }

    private static let interval = Duration.seconds(10)

    /// - Parameter isReported: whether the log says already that they are missing.
    /// - Returns: the same afterwards.
    private func load(_ isReported: Bool) async -> Bool {
        do throws(ExchangeError) {
            _ = try await identity.credentials.credentials()
            return false
        } catch {
            guard !Task.isCancelled, !isReported else { return isReported }
            logger.warning("broker credentials missing", metadata: ["detail": "\(error.detail)"])
            return true
        }
    }
}

extension Settings {
    /// Whether any exchange signs with the broker's AWS credentials.
    var needsBrokerCredentials: Bool { grants.contains { $0.exchange.kind == .assumeRole } }
}
