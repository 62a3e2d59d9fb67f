// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Vending

/// Reads the deny list's file again at a fixed interval. If the file is invalid or missing, the list stays as it is:
/// denied users stay denied.
struct DenyListWatch: Service {
    static let intervalByDefault = Duration.seconds(5)

    let list: DenyList
    /// Credentials of denied users are removed from it.
    let cache: CredentialCache
    let pseudonyms: any Pseudonymizer
    /// As `cache`.
    let parents: ParentSessions?
    let file: DeniedFile
    let logger: Logger
    var interval = intervalByDefault
    var time = MonotonicTime.system
    var read: @Sendable () async throws -> [UInt8]

    init(
        list: DenyList, cache: CredentialCache, parents: ParentSessions? = nil, pseudonyms: any Pseudonymizer,
        file: DeniedFile, logger: Logger, interval: Duration = intervalByDefault, time: MonotonicTime = .system,
        read: (@Sendable () async throws -> [UInt8])? = nil
    ) {
        (self.list, self.cache, self.parents, self.pseudonyms) = (list, cache, parents, pseudonyms)
        (self.file, self.logger) = (file, logger)
        (self.interval, self.time) = (interval, time)
        let url = file.url
        self.read = read ?? { try await DeniedFile.reread(url) }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The content that was parsed last, valid or not. `nil` if the file could not be read.
            var lastContent: [UInt8]? = file.content
            do {
                while true {
                    try await time.sleep(interval)
                    lastContent = await reload(after: lastContent)
                }
            } catch {
                // Cancelled: the service ends.
            }
        }
        try await gracefulShutdown()
    }

    /// - Returns: the content that was read; `nil` if the file can't be read.
    func reload(after lastContent: [UInt8]?) async -> [UInt8]? {
        let emptiedBefore = emptied.exchange(nil)
        let content: [UInt8]
        do {
            content = try await read()
        } catch {
            if lastContent != nil { logFailure("\(file.url.path): can't be read") }
            return nil
        }
        guard content != lastContent else { return lastContent }
        do throws(ConfigurationError) {
            let denied = try DeniedFile.parse(content, file: file.url.path, keyID: file.keyID)
            // A file that is truncated before it is written again is empty for a moment, and would admit everybody.
            guard
                !denied.isEmpty || list.count == 0 || content == emptiedBefore || DeniedFile.isComplete(content)
            else {
                _ = emptied.exchange(content)
                logger.warning("deny list empty", metadata: ["detail": "applied if the next read finds the same"])
                return lastContent
            }
            list.replace(with: denied)
            // First the sessions, so that no credentials are made from them afterwards.
            parents?.removeDenied(by: list, pseudonyms)
            cache.removeDenied(by: list, pseudonyms)
            logger.info("deny list changed", metadata: ["denied": .stringConvertible(denied.count)])
        } catch {
            logFailure(error.problems.map(\.description).joined(separator: "; "))
        }
        return content
    }

    /// The content of the last read, if it would have emptied the list.
    private final class Emptied: Sendable {
        private let content = Mutex<[UInt8]?>(nil)

        func exchange(_ new: [UInt8]?) -> [UInt8]? {
            content.withLock { content in
                defer { content = new }
                return content
            }
        }
    }

    private let emptied = Emptied()

    private func logFailure(_ detail: String) {
        logger.warning(
            "deny list not renewed", metadata: ["detail": "\(detail)", "denied": .stringConvertible(list.count)])
    }
}
