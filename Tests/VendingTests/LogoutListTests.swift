// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Vending

@Suite struct LogoutListTests {
    private let alice = LogoutKey(1)
    private let bob = LogoutKey(2)
    private let one = LogoutKey(11)
    private let two = LogoutKey(12)

    private func token(_ user: LogoutKey, _ session: LogoutKey? = nil, at time: Double) -> TokenSession {
        TokenSession(issuedAt: time, user: user, session: session)
    }

    private func record(
        _ identifier: UInt64, user: LogoutKey? = nil, session: LogoutKey? = nil, at time: Int = 1_000
    ) -> LogoutRecord {
        LogoutRecord(identifier: LogoutKey(identifier), issuedAt: time, user: user, session: session)
    }

    private func reason(_ body: () throws(LogoutError) -> Void) -> LogoutError.Reason? {
        do throws(LogoutError) {
            try body()
            return nil
        } catch {
            if case .invalid(let reason, _) = error { return reason }
            return nil
        }
    }

    @Test("a logout of a user refuses tokens of all their sessions up to its second, and later ones not")
    func user() throws {
        let list = LogoutList()
        #expect(!list.refuses(token(alice, at: 0)) && !list.refuses(nil))
        try list.add(record(1, user: alice))
        for session in [nil, one, two] {
            #expect(list.refuses(token(alice, session, at: 1_000)))
            #expect(!list.refuses(token(alice, session, at: 1_000.5)))
            #expect(!list.refuses(token(bob, session, at: 0)))
        }
    }

    @Test("a logout of a user's session refuses tokens of that session, and of the user without a session")
    func session() throws {
        let list = LogoutList()
        try list.add(record(1, user: alice, session: one))
        #expect(list.refuses(token(alice, one, at: 900)) && list.refuses(token(alice, at: 900)))
        #expect(!list.refuses(token(alice, two, at: 900)) && !list.refuses(token(bob, at: 900)))
        try list.add(record(2, session: two))
        #expect(list.refuses(token(bob, two, at: 900)) && !list.refuses(token(bob, at: 900)))
    }

    @Test("an older logout does not shorten the effect of a newer one")
    func order() throws {
        let list = LogoutList([record(1, user: alice, session: one, at: 2_000)])
        try list.add(record(2, user: alice, session: one, at: 1_000))
        try list.add(record(3, user: alice, at: 500))
        #expect(list.refuses(token(alice, one, at: 1_999)) && list.refuses(token(alice, at: 1_999)))
        #expect(!list.refuses(token(alice, two, at: 501)))
    }

    @Test("accepts each logout token once, unless its logout could not be stored")
    func replay() throws {
        let list = LogoutList([record(1, user: alice)])
        #expect(reason { () throws(LogoutError) in try list.add(record(1, user: alice)) } == .replayed)
        list.admitAgain(LogoutKey(1))
        #expect(list.refuses(token(alice, at: 900)), "the logout stays in effect")
        try list.add(record(1, user: alice))
    }

    @Test("a full list takes no further logout and keeps those that it has, also if none can be stored")
    func full() throws {
        let list = LogoutList(capacity: 2)
        try list.add(record(1, user: alice))
        try list.add(record(2, user: bob))
        #expect(reason { () throws(LogoutError) in try list.add(record(3, session: one)) } == .full)
        #expect(!list.refuses(token(LogoutKey(3), one, at: 0)) && list.refuses(token(alice, at: 0)))
        list.admitAgain(LogoutKey(1))
        #expect(reason { () throws(LogoutError) in try list.add(record(4, user: LogoutKey(4))) } == .full)
    }

    @Test("forgets logouts whose tokens have expired, and no others")
    func expiration() throws {
        let list = LogoutList([record(1, user: alice, at: 1_000), record(2, session: two, at: 2_000)])
        list.removeAll(before: 1_000)
        #expect(list.count == 2)
        list.removeAll(before: 1_001)
        #expect(list.records == [record(2, session: two, at: 2_000)])
        #expect(!list.refuses(token(alice, at: 0)) && list.refuses(token(bob, two, at: 0)))
        list.admitAgain(LogoutKey(2))
        list.removeAll(before: 2_001)
        #expect(list.count == 0 && !list.refuses(token(bob, two, at: 0)))
        try list.add(record(1, user: alice, at: 1_000))
        #expect(list.refuses(token(alice, at: 0)))
    }

    @Test("a record ends the same tokens as the list")
    func record() throws {
        let records = [
            record(1, user: alice), record(2, user: alice, session: one), record(3, session: one),
            record(4, user: alice, session: LogoutKey(0)),
        ]
        for record in records {
            let list = LogoutList([record])
            for user in [alice, bob] {
                for session in [nil, one, two, LogoutKey(0)] {
                    for time in [999.0, 1_000, 1_001] {
                        let token = token(user, session, at: time)
                        #expect(list.refuses(token) == record.ends(token), "\(record) \(session?.rawValue ?? 0)")
                    }
                }
            }
        }
    }
}
