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

    /// Puts credentials of `user`, or of all guests, into the cache.
    private func keep(_ user: String?, _ grant: Grant = .test()) async throws {
        let time = time
        let work: CredentialCache.Work = { () async throws(ExchangeError) -> VendedCredentials in
            let credentials = TemporaryCredentials(
                accessKeyID: "ASIA", secretAccessKey: "s", sessionToken: "t",
                expiration: time.now.addingTimeInterval(3_600))
            let holder = user.map { AuditSubject(pseudonym: Pseudonym($0), sealed: "sealed") }
            return VendedCredentials(
                answer: [], expiration: credentials.expiration,
                receipt: Receipt(credentials, holder: holder, description: []))
        }
        guard case .pending(let flight) = cache.find(key(user, grant), at: time.now, by: { work }) else {
            Issue.record("\(user ?? "guests"): cached already")
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

    @Test("the credentials of denied users are evicted at once, and those of other users and of guests are kept")
    func evicts() async throws {
        for user in ["alice", "bob", "carol", nil] { try await keep(user) }
        cache.removeDenied(by: DenyList([Pseudonym("alice"), Pseudonym("carol"), Pseudonym("nobody")]))
        #expect(!isCached("alice") && !isCached("carol"))
        #expect(isCached("bob") && isCached(nil))
        #expect(cache.count == 2)
    }

    @Test("all credentials of a denied user are evicted, of every app and grant")
    func everyGrant() async throws {
        let grants: [Grant] = [.test(), .test(app: "blog"), .test(role: "Other")]
        for grant in grants {
            try await keep("alice", grant)
            try await keep("bob", grant)
        }
        cache.removeDenied(by: DenyList([Pseudonym("alice")]))
        #expect(grants.allSatisfy { !isCached("alice", $0) && isCached("bob", $0) })
    }

    @Test("denied users are evicted from every shard of the cache")
    func everyShard() async throws {
        let users = (0..<500).map { "user-\($0)" }
        for user in users { try await keep(user) }
        #expect(cache.count == 500)
        cache.removeDenied(by: DenyList(Set(users.dropLast().map { Pseudonym($0) })))
        #expect(cache.count == 1)
        #expect(isCached(users.last))
    }

    @Test("an empty deny list evicts nothing")
    func empty() async throws {
        for user in ["alice", nil] { try await keep(user) }
        cache.removeDenied(by: DenyList())
        #expect(isCached("alice") && isCached(nil))
    }

    @Test("a user who is no longer denied gets new credentials, not the evicted ones")
    func anew() async throws {
        try await keep("alice")
        cache.removeDenied(by: DenyList([Pseudonym("alice")]))
        // Records an issue where the credentials are still cached.
        try await keep("alice")
        #expect(isCached("alice"))
    }
}
