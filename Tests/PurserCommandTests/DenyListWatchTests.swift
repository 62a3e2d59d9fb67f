import AWS

import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import Vending

@testable import BrokerConfiguration
@testable import PurserCommand

@Suite final class DenyListWatchTests: Sendable {
    private let key = PseudonymKey(Array(0..<32))!
    private let list = DenyList()
    private let content = Mutex<[UInt8]?>([])

    private func pseudonym(_ name: String) -> Pseudonym { key.pseudonym(Issuer("https://one"), Subject(name)) }

    private func say(_ text: String?) { content.withLock { $0 = text.map { Array($0.utf8) } } }

    private func watch(_ path: String, _ log: Lines) throws -> DenyListWatch {
        let logger = Logger(label: "test") { _ in log }
        return DenyListWatch(
            list: list, cache: CredentialCache(limits: CacheLimits(), now: { Date() }),
            file: try DeniedFile(path, relativeTo: "purser.yaml", key: key), logger: logger,
            read: { [self] in
                guard let content = content.withLock({ $0 }) else { throw KeyFileError(description: "gone") }
                return content
            })
    }

    @Test("a changed list counts; a broken one or none leaves the last good one, and is told once")
    func changes() async throws {
        let (file, log) = (try TemporaryFile(""), Lines())
        defer { withExtendedLifetime(file) {} }
        let watch = try watch(file.path, log)
        var judged: [UInt8]? = []
        func look(_ text: String?, times: Int = 1) async {
            say(text)
            for _ in 0..<times { judged = await watch.look(after: judged) }
        }
        await look("", times: 2)
        #expect(log.messages.isEmpty)
        await look("\(pseudonym("alice"))\n", times: 3)
        #expect(list.denies(pseudonym("alice")) && log.messages == ["deny list changed"])
        await look("\(pseudonym("alice"))\n\(pseudonym("bob"))\nnonsense\n", times: 3)
        await look(nil, times: 3)
        #expect(list.denies(pseudonym("alice")) && !list.denies(pseudonym("bob")))
        #expect(log.messages == ["deny list changed", "deny list not renewed", "deny list not renewed"])
        await look("\(pseudonym("bob"))\n")
        #expect(!list.denies(pseudonym("alice")) && list.denies(pseudonym("bob")))
        await look("")
        #expect(list.count == 0)
    }
}

/// Keeps the messages of a logger.
private final class Lines: LogHandler {
    private let lines = Mutex<[String]>([])
    var messages: [String] { lines.withLock { $0 } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .debug }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0.append("\(event.message)") }
    }
}
