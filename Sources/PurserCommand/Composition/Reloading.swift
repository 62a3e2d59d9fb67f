// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Cryptography
import Logging
import Service
import ServiceLifecycle
import Tokens
import Vending

/// Loads the configuration file again on SIGHUP and when the file changes. A new generation is built and checked beside
/// the one in use, and replaces it at once. If it has a mistake, all its mistakes are logged and the old one stays.
struct Reloading: ServiceLifecycle.Service {
    /// What a reload is for.
    enum Cause: String, Sendable {
        case signal
        case file
    }

    /// Time between two looks at the file. A change applies when two looks find the same, since an editor may still be
    /// writing at the first one.
    static let intervalByDefault = Duration.seconds(2)
    /// Maximum time that a new generation waits for the keys of its new issuers.
    private static let patience = Duration.seconds(5)

    let file: ConfigurationFile
    let generations: Generations
    let fetching: KeyFetching
    let environment: Environment
    let manager: ServiceManager
    let logger: Logger
    /// The signals.
    let requests: AsyncStream<Void>
    var interval = intervalByDefault
    var time = MonotonicTime.system

    func run() async throws {
        let (causes, continuation) = AsyncStream<Cause>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask {
                    for await _ in requests { continuation.yield(.signal) }
                }
                group.addTask { await watch { continuation.yield(.file) } }
                group.addTask {
                    for await cause in causes { await reload(cause) }
                }
                await group.waitForAll()
            }
        }
        try await gracefulShutdown()
    }

    /// Calls `changed` when two looks find the same content, and it is not the one that was tried last.
    private func watch(_ changed: () -> Void) async {
        var before = file.tried
        while true {
            do { try await time.sleep(interval) } catch { return }
            // A file that can't be read, or not yet: the signal reports why, and the next look sees it again.
            guard let text = try? await file.reread() else { continue }
            if text == before, text != file.tried { changed() }
            before = text
        }
    }

    private func reload(_ cause: Cause) async {
        manager.isReloading()
        defer { manager.isReady("generation \(generations.number)") }
        do {
            let text = try await file.reread()
            file.tries(text)
            let (settings, needRestart) = try SettingsFile.reparse(
                text, startedWith: file.startText, file: file.path, variables: environment.variables)
            let old = generations.root
            let root = CompositionRoot(settings, environment, logger: logger, replacing: old)
            let sessions = root.brokerIdentity.tooLongSessions(settings)
            if !sessions.refused.isEmpty { throw ConfigurationError(file: file.path, sessions.refused) }
            fetching.start(root.authenticator.keySources)
            await keys(of: root.authenticator, unlike: old.authenticator)
            let number = generations.replace(with: root)
            fetching.keep(only: root.authenticator.keySources)
            logger.info(
                "configuration reloaded",
                metadata: [
                    "generation": .stringConvertible(number), "cause": "\(cause.rawValue)",
                    "configuration": "\(ConfigurationFile.digest(text))",
                    "apps": .stringConvertible(settings.apps.count),
                    "issuers": .stringConvertible(settings.issuers.count),
                ])
            if !needRestart.isEmpty {
                logger.warning(
                    "configuration needs a restart",
                    metadata: ["detail": "changed, but not applied: \(needRestart.joined(separator: ", "))"])
            }
            for remark in root.remarks where !old.remarks.contains(remark) {
                logger.warning("configuration", metadata: ["detail": "\(remark)"])
            }
        } catch let problems as ConfigurationError {
            refused(cause, problems.problems.map(\.description))
        } catch {
            refused(cause, ["\(file.path): \(error)"])
        }
    }

    private func refused(_ cause: Cause, _ problems: [String]) {
        generations.refused()
        logger.error(
            "configuration not reloaded",
            metadata: [
                "cause": "\(cause.rawValue)", "detail": "\(problems.count) mistakes; the configuration in use stays",
            ])
        for problem in problems { logger.error("configuration", metadata: ["detail": "\(problem)"]) }
    }

    /// Waits until each new issuer has keys, or had the time to fetch them: its users should not be refused meanwhile.
    private func keys(of authenticator: TokenAuthenticator, unlike old: TokenAuthenticator) async {
        let began = time.now()
        let known = Set(old.keySources.map { ObjectIdentifier($0 as AnyObject) })
        let new = authenticator.keySources.filter { !known.contains(ObjectIdentifier($0 as AnyObject)) }
        while new.contains(where: { $0.current == nil }), time.now() - began < Self.patience {
            do { try await time.sleep(.milliseconds(20)) } catch { return }
        }
    }
}
