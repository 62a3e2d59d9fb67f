import BrokerConfiguration
import Foundation
import Logging
import ServiceLifecycle
import Vending

/// Reads the deny list's file again every now and then. A file that is broken or gone leaves the list as it is: who was
/// denied stays so.
struct DenyListWatch: Service {
    static let intervalByDefault = Duration.seconds(5)

    let list: DenyList
    /// Credentials of those who are denied leave it.
    let cache: CredentialCache
    let file: DeniedFile
    let logger: Logger
    var interval = intervalByDefault
    var time = MonotonicTime.system
    var read: @Sendable () async throws -> [UInt8]

    init(
        list: DenyList, cache: CredentialCache, file: DeniedFile, logger: Logger,
        interval: Duration = intervalByDefault, time: MonotonicTime = .system,
        read: (@Sendable () async throws -> [UInt8])? = nil
    ) {
        (self.list, self.cache, self.file, self.logger) = (list, cache, file, logger)
        (self.interval, self.time) = (interval, time)
        let url = file.url
        self.read = read ?? { try await DeniedFile.reread(url) }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // What was judged last, good or bad; `nil` where nothing could be read.
            var judged: [UInt8]? = file.content
            do {
                while true {
                    try await time.sleep(interval)
                    judged = await look(after: judged)
                }
            } catch {
                // Cancelled: the service ends.
            }
        }
        try await gracefulShutdown()
    }

    /// - Returns: the content that was judged now.
    func look(after judged: [UInt8]?) async -> [UInt8]? {
        let content: [UInt8]
        do {
            content = try await read()
        } catch {
            if judged != nil { kept(because: "\(file.url.path): can't be read") }
            return nil
        }
        guard content != judged else { return judged }
        do throws(ConfigurationError) {
            let pseudonyms = try DeniedFile.parse(content, file: file.url.path, keyID: file.keyID)
            list.replace(with: pseudonyms)
            cache.removeDenied(by: list)
            logger.info("deny list changed", metadata: ["denied": "\(pseudonyms.count)"])
        } catch {
            kept(because: error.problems.map(\.description).joined(separator: "; "))
        }
        return content
    }

    private func kept(because detail: String) {
        logger.warning("deny list not renewed", metadata: ["detail": "\(detail)", "denied": "\(list.count)"])
    }
}
