// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Vending

@Suite struct FlightLimitTests {
    private typealias Flight = FlightCounts.Flight

    private func key(_ app: String, _ user: Int?) -> CacheKey {
        guard let user else { return CacheKey(grant: .test(app: app, audience: .guest), holder: .guests) }
        return CacheKey(grant: .test(app: app), holder: .user(Issuer("i"), Subject("\(user)")))
    }

    private func uncached(_ app: String, user: Int) -> Flight {
        let identity = VerifiedIdentity(
            issuer: Issuer("i"), subject: Subject("\(user)"), expiration: .distantFuture, claims: [:])
        return Flight(
            uncached: ExchangeRequest(grant: .test(app: app), holder: .user(identity, BearerToken("t"))))
    }

    private func visitor(_ app: String, from network: UInt64) -> Flight {
        Flight(
            uncached: ExchangeRequest(
                grant: .test(app: app, audience: .guest, guestSessions: .perVisitor), holder: .visitor("v"),
                client: ClientAddress(high: network, low: 0)))
    }

    /// How many of the flights are admitted.
    private func begin(_ flights: [Flight], ahead: Bool = false, _ counts: inout FlightCounts) -> Int {
        flights.count { counts.begin($0, ahead: ahead) }
    }

    private func counts(_ maximum: Int = 4_096) -> FlightCounts {
        FlightCounts(limits: FlightLimits(maximum: maximum))
    }

    @Test("the signed-in users of an app can use half of the flights, and leave the rest for other apps")
    func signedIn() {
        var counts = counts()
        #expect(begin((0..<5_000).map { Flight(for: key("storm", $0)) }, &counts) == 2_048)
        #expect(begin((0..<5_000).map { Flight(for: key("shop", $0)) }, &counts) == 2_048)
        #expect(counts.all == 4_096)
        #expect(begin([Flight(for: key("blog", 1))], &counts) == 0)
    }

    @Test("the guests of an app can use an eighth of the flights, and one address a quarter of those")
    func guests() {
        var counts = counts()
        #expect(begin(Array(repeating: visitor("storm", from: 1), count: 5_000), &counts) == 128)
        #expect(begin([visitor("storm", from: 2)], &counts) == 1, "another address")
        #expect(begin((0..<5_000).map { visitor("storm", from: UInt64($0)) }, &counts) == 512 - 129)
        #expect(begin([Flight(for: key("storm", nil))], &counts) == 0, "shared sessions count too")
        #expect(begin([Flight(for: key("shop", nil)), Flight(for: key("storm", 1))], &counts) == 2)
    }

    @Test("guests whose address is unknown share no limit of one address")
    func unknownAddress() {
        var counts = counts()
        let request = ExchangeRequest(
            grant: .test(audience: .guest, guestSessions: .perVisitor), holder: .visitor("v"))
        #expect(begin(Array(repeating: Flight(uncached: request), count: 5_000), &counts) == 512)
    }

    @Test("narrowed calls of an app can use an eighth of the flights, and one user a quarter of those")
    func narrowed() {
        var counts = counts()
        #expect(begin(Array(repeating: uncached("storm", user: 1), count: 5_000), &counts) == 128)
        #expect(begin((0..<5_000).map { uncached("storm", user: $0) }, &counts) == 512 - 128)
        #expect(begin([uncached("shop", user: 1), Flight(for: key("storm", 1))], &counts) == 2)
    }

    @Test("guests and narrowed calls of all apps together can use a quarter of the flights")
    func lesser() {
        var counts = counts()
        for app in 0..<20 {
            _ = begin((0..<600).map { visitor("app-\(app)", from: UInt64($0)) }, &counts)
            _ = begin((0..<600).map { uncached("app-\(app)", user: $0) }, &counts)
        }
        #expect(counts.all == 1_024)
        #expect(begin((0..<5_000).map { Flight(for: key("shop", $0)) }, &counts) == 2_048)
    }

    @Test("background refreshes leave a quarter of each limit for requests")
    func refreshes() {
        var counts = counts()
        let flights = (0..<5_000).map { Flight(for: key("shop", $0)) }
        #expect(begin(flights, ahead: true, &counts) == 1_536)
        #expect(begin(flights, &counts) == 512)
        #expect(begin((0..<5_000).map { Flight(for: key("blog", $0)) }, ahead: true, &counts) == 1_024)
        #expect(begin((0..<5_000).map { Flight(for: key("wiki", $0)) }, &counts) == 1_024)
    }

    @Test("a flight that ends makes room for another one of the same kind")
    func ended() {
        var counts = counts(32)
        let flights = [
            Flight(for: key("shop", 1)), Flight(for: key("shop", nil)), uncached("shop", user: 1),
            visitor("shop", from: 1),
        ]
        for _ in 0..<10 {
            #expect(begin(flights, &counts) == 4)
            #expect(begin([flights[2], flights[3]], &counts) == 0, "one for each party")
            for flight in flights { counts.end(flight) }
            #expect(counts.all == 0)
        }
    }

    @Test("admits one flight of each kind, however low the maximum is")
    func lowest() {
        var counts = counts(1)
        #expect(begin([Flight(for: key("shop", 1)), Flight(for: key("blog", 1))], &counts) == 1)
        counts.end(Flight(for: key("shop", 1)))
        #expect(begin([uncached("shop", user: 1)], &counts) == 1)
    }

    @Test("a broker whose guests use up their flights still serves signed-in users, and frees the flights at the end")
    func cache() async throws {
        var limits = CacheLimits()
        limits.maximumFlights = 64
        let gate = Gate()
        let cache = CredentialCache(limits: limits, now: { Date(timeIntervalSince1970: 0) })
        let work: CredentialCache.Work = { () async throws(ExchangeError) -> VendedCredentials in
            await gate.pass()
            return VendedCredentials(text: "one", expiration: Date(timeIntervalSince1970: 3_600))
        }
        let request = { (network: UInt64) in
            ExchangeRequest(
                grant: .test(audience: .guest, guestSessions: .perVisitor), holder: .visitor("v"),
                client: ClientAddress(high: network, low: 0))
        }
        let flights = (0..<100).compactMap { cache.runUncached(work, for: request($0)) }
        #expect(flights.count == 8 && cache.exchangesInFlight == 8)
        guard case .pending(let user) = cache.find(key("shop", 1), at: Date(timeIntervalSince1970: 0), by: { work })
        else {
            Issue.record("the user is rejected")
            return
        }
        gate.open()
        for flight in flights { _ = try await flight.value.get() }
        _ = try await user.value.get()
        #expect(cache.exchangesInFlight == 0)
    }
}
