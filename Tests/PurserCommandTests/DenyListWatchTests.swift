// SPDX-License-Identifier: Apache-2.0

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

    private func setContent(_ text: String?) { content.withLock { $0 = text.map { Array($0.utf8) } } }

    private func watch(_ path: String, _ log: RecordedLog) throws -> DenyListWatch {
        let logger = Logger(label: "test") { _ in log }
        return DenyListWatch(
            list: list, cache: CredentialCache(limits: CacheLimits(), now: { Date() }),
            pseudonyms: PseudonymKey.random(),
            file: try DeniedFile(path, relativeTo: "purser.yaml", key: key), logger: logger,
            read: { [self] in
                guard let content = content.withLock({ $0 }) else { throw KeyFileError(description: "gone") }
                return content
            })
    }

    @Test("applies a changed deny list; keeps the last valid list, and logs it once, if the file is invalid or missing")
    func changes() async throws {
        let (file, log) = (try TemporaryFile(""), RecordedLog())
        defer { withExtendedLifetime(file) {} }
        let watch = try watch(file.path, log)
        var lastContent: [UInt8]? = []
        func reload(_ text: String?, times: Int = 1) async {
            setContent(text)
            for _ in 0..<times { lastContent = await watch.reload(after: lastContent) }
        }
        await reload("", times: 2)
        #expect(log.messages.isEmpty)
        await reload("\(pseudonym("alice"))\n", times: 3)
        #expect(list.denies(pseudonym("alice")) && log.messages == ["deny list changed"])
        await reload("\(pseudonym("alice"))\n\(pseudonym("bob"))\nnonsense\n", times: 3)
        await reload(nil, times: 3)
        #expect(list.denies(pseudonym("alice")) && !list.denies(pseudonym("bob")))
        #expect(log.messages == ["deny list changed", "deny list not renewed", "deny list not renewed"])
        await reload("\(pseudonym("bob"))\n")
        #expect(!list.denies(pseudonym("alice")) && list.denies(pseudonym("bob")))
        await reload("", times: 2)
        #expect(list.count == 0)
    }

    @Test("empties the deny list only after two equal reads, or at once if the file ends with `# end`")
    func emptied() async throws {
        let (file, log) = (try TemporaryFile(""), RecordedLog())
        defer { withExtendedLifetime(file) {} }
        let watch = try watch(file.path, log)
        let (alice, bob) = ("\(pseudonym("alice"))\n", "\(pseudonym("bob"))\n")
        var lastContent: [UInt8]? = []
        for (text, denied) in [
            (alice, 1), ("", 1), (alice + bob, 2), ("", 2), ("# being written\n", 2), ("", 2), (alice, 1), ("", 1),
            (alice, 1), ("", 1), ("", 0), (bob, 1), ("# nobody\n# end\n", 0), (bob, 1), ("# end is not last\n#\n", 1),
        ] {
            setContent(text)
            lastContent = await watch.reload(after: lastContent)
            #expect(list.count == denied, "after \(text.isEmpty ? "nothing" : text)")
        }
    }
}
