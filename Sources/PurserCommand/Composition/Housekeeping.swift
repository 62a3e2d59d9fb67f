// SPDX-License-Identifier: Apache-2.0

import CProcess
import Foundation
import Service
import ServiceLifecycle
import Tokens
import Vending

/// Evicts expired credentials, verdicts and logouts, also while no requests arrive, and gives the memory of many closed
/// connections back to the system, which the allocator keeps otherwise.
struct Sweeping: ServiceLifecycle.Service {
    let cache: CredentialCache
    let parents: ParentSessions
    let generations: Generations
    let connections: OpenConnections
    let logouts: LogoutList
    let now: @Sendable () -> Date

    /// Closed connections that are worth the milliseconds that it takes.
    private static let many = 500

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                while true {
                    try await Task.sleep(for: .seconds(30))
                    if connections.takePeak() - connections.count >= Self.many { purser_trim_memory() }
                    cache.sweep(at: now())
                    parents.sweep(at: now())
                    let root = generations.root
                    root.authenticator.removeExpiredVerdicts(at: now())
                    logouts.removeAll(before: Int(now().timeIntervalSince1970) - root.settings.logoutRetention)
                }
            } catch {
                // Cancelled: the service ends.
            }
        }
    }
}

/// Once a second, records how many refusals have no line of their own in the audit trail and in the log.
struct OmittedLines: ServiceLifecycle.Service {
    let audit: AuditLog
    let log: AccessLog

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                while true {
                    try await Task.sleep(for: .seconds(1))
                    record()
                }
            } catch {
                // Cancelled: the service ends.
            }
        }
        record()
    }

    private func record() {
        audit.recordOmittedRefusals()
        log.recordOmitted()
    }
}
