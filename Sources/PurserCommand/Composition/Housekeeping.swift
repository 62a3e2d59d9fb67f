// SPDX-License-Identifier: Apache-2.0

import CProcess
import Foundation
import Service
import ServiceLifecycle
import Tokens
import Vending

/// Keeps the issuers' keys up to date until shutdown.
struct KeyFetching: ServiceLifecycle.Service {
    let authenticator: TokenAuthenticator

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await authenticator.run()
        }
        try await gracefulShutdown()
    }
}

/// Evicts expired credentials, verdicts and logouts, also while no requests arrive, and gives the memory of many closed
/// connections back to the system, which the allocator keeps otherwise.
struct Sweeping: ServiceLifecycle.Service {
    let cache: CredentialCache
    let parents: ParentSessions?
    let authenticator: TokenAuthenticator
    let connections: OpenConnections
    let logouts: LogoutList
    /// Of logouts, in seconds.
    let retention: Int
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
                    parents?.sweep(at: now())
                    authenticator.removeExpiredVerdicts(at: now())
                    logouts.removeAll(before: Int(now().timeIntervalSince1970) - retention)
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
