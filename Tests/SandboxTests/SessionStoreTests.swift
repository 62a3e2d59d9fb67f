// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Sandbox

@Suite("Session store")
struct SessionStoreTests {
    static func session(_ name: String) throws -> Session {
        let policy = try EvaluatedPolicy(parsing: SandboxConfiguration.demo.guestRole.policy)
        return Session(
            key: AccessKey(prefix: "ASIA", random: systemRandomBytes), token: "token", issued: .distantPast,
            expiration: .distantFuture,
            name: name, roleARN: "arn", rolePolicy: policy, sessionPolicy: nil, tags: .none, sourceIdentity: nil)
    }

    @Test("evicts the oldest session at capacity")
    func bounded() throws {
        let store = SessionStore(capacity: 3)
        let sessions = try (0..<8).map { try Self.session("s\($0)") }
        for session in sessions { store.insert(session) }
        #expect(store.count == 3)
        #expect(sessions.map { store.session(of: $0.key.id)?.name } == [nil, nil, nil, nil, nil, "s5", "s6", "s7"])
    }

    @Test("the default capacity is 10,000 sessions")
    func capacity() {
        #expect(SessionStore.defaultCapacity == 10_000)
    }

    @Test("access keys have AWS's form and are unique")
    func keys() {
        let keys = (0..<100).map { _ in AccessKey(prefix: "ASIA", random: systemRandomBytes) }
        #expect(keys.allSatisfy { $0.id.utf8.count == 20 && $0.id.hasPrefix("ASIA") && $0.secret.utf8.count == 40 })
        #expect(Set(keys.map(\.id)).count == 100)
        #expect("\(keys[0])" == "[redacted access key]")
    }
}
