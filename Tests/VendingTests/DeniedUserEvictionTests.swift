// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Vending

@Suite struct DeniedUserEvictionTests {
    private let time = ManualTime()
    private let cache: CredentialCache

    init() {
        let time = time
        cache = CredentialCache(limits: CacheLimits(), now: { time.now }, time: time.monotonic)
    }

    /// Puts the credentials of `user`, or of all guests if it is `nil`, into the cache.
    private func insert(_ user: String?, _ grant: Grant = .test()) async throws {
        let time = time
        let work: CredentialCache.Work = { () async throws(ExchangeError) -> VendedCredentials in
            VendedCredentials(encoded: .test(), expiration: time.now.addingTimeInterval(3_600))
        }
        guard case .pending(let flight) = cache.find(key(user, grant), at: time.now, by: { work }) else {
            Issue.record("\(user ?? "guests"): already cached")
            return
        }
        _ = try await flight.value.get()
    }

    private func key(_ user: String?, _ grant: Grant) -> CacheKey {
        CacheKey(grant: grant, holder: user.map { .user(Issuer("https://one"), Subject($0)) } ?? .guests)
    }

    private func isCached(_ user: String?, _ grant: Grant = .test()) -> Bool {
        let unused: CredentialCache.Work = { () async throws(ExchangeError) -> VendedCredentials in
            throw ExchangeError(.unavailable, "not refreshed in this test")
        }
        return cache.recall(key(user, grant), at: time.now, refresh: { unused }) != nil
    }

    @Test("evicts the credentials of denied users and keeps those of other users and of guests")
    func evicts() async throws {
        for user in ["alice", "bob", "carol", nil] { try await insert(user) }
        cache.removeDenied(by: DenyList([Pseudonym("alice"), Pseudonym("carol"), Pseudonym("nobody")]), Names())
        #expect(!isCached("alice") && !isCached("carol"))
        #expect(isCached("bob") && isCached(nil))
        #expect(cache.count == 2)
    }

    @Test("evicts a denied user's credentials of every app and grant")
    func everyGrant() async throws {
        let grants: [Grant] = [.test(), .test(app: "blog"), .test(role: "Other")]
        for grant in grants {
            try await insert("alice", grant)
            try await insert("bob", grant)
        }
        cache.removeDenied(by: DenyList([Pseudonym("alice")]), Names())
        #expect(grants.allSatisfy { !isCached("alice", $0) && isCached("bob", $0) })
    }

    @Test("evicts denied users' credentials from every shard of the cache")
    func everyShard() async throws {
        let users = (0..<500).map { "user-\($0)" }
        for user in users { try await insert(user) }
        #expect(cache.count == 500)
        cache.removeDenied(by: DenyList(Set(users.dropLast().map { Pseudonym($0) })), Names())
        #expect(cache.count == 1)
        #expect(isCached(users.last))
    }

    @Test("evicts nothing if the deny list is empty")
    func empty() async throws {
        for user in ["alice", nil] { try await insert(user) }
        cache.removeDenied(by: DenyList(), Names())
        #expect(isCached("alice") && isCached(nil))
    }

    @Test("does not restore evicted credentials for a user who is no longer denied")
    func noRestoration() async throws {
        try await insert("alice")
        cache.removeDenied(by: DenyList([Pseudonym("alice")]), Names())
        // Records an issue if the credentials are still cached.
        try await insert("alice")
        #expect(isCached("alice"))
    }
}

/// The pseudonym of each user is their subject.
private struct Names: Pseudonymizer {
    func pseudonym(_ issuer: Issuer, _ subject: Subject) -> Pseudonym { Pseudonym(subject.rawValue) }

    func pseudonymize(_ issuer: Issuer, _ subject: Subject) -> AuditSubject {
        AuditSubject(pseudonym: pseudonym(issuer, subject), sealed: "sealed")
    }
}
