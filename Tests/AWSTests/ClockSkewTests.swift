// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import Synchronization
import Testing
import Vending

@testable import AWS

@Suite struct ClockSkewTests {
    private static let message =
        "Signature expired: 20260102T030405Z is now earlier than 20260102T040405Z (20260102T040905Z - 5 min.)"

    private func skewError(date: String?) -> ScriptedTransport.Reply {
        Fixture.error(403, "SignatureDoesNotMatch", Self.message, headers: date.map { [("Date", $0)] } ?? [])
    }

    private func signingTimes(_ fixture: Fixture) -> [String] {
        fixture.transport.requests.compactMap { $0.headers.first { $0.name == "X-Amz-Date" }?.value }
    }

    @Test("corrects a clock that is an hour behind by the Date header, for the retry and for later calls")
    func corrected() async throws {
        let fixture = try Fixture([
            skewError(date: "Fri, 02 Jan 2026 04:04:05 GMT"),
            Fixture.success("AssumeRole"),
        ])
        _ = try await fixture.assumeRole().get()
        _ = try await fixture.assumeRole().get()
        #expect(signingTimes(fixture) == ["20260102T030405Z", "20260102T040405Z", "20260102T040405Z"])
        #expect(fixture.clock.sleeps == [.zero])
    }

    @Test("retries only once after a clock-skew error")
    func onlyOnce() async throws {
        let fixture = try Fixture([skewError(date: "Fri, 02 Jan 2026 04:04:05 GMT")])
        #expect(await fixture.assumeRole().failure?.kind == .refused)
        #expect(fixture.transport.requests.count == 2)
    }

    @Test(
        "does not retry without a Date header that explains the clock skew",
        arguments: [nil, "", "yesterday", "Fri, 02 Jan 2026 03:04:05 GMT", "Fri, 02 Jan 2026 03:09:04 GMT"])
    func nothingLearned(date: String?) async throws {
        let fixture = try Fixture([skewError(date: date)])
        #expect(await fixture.assumeRole().failure?.kind == .refused)
        #expect(fixture.transport.requests.count == 1)
        _ = await fixture.assumeRole()
        #expect(signingTimes(fixture) == ["20260102T030405Z", "20260102T030405Z"])
    }

    @Test("corrects differences of 5 minutes or more in either direction")
    func bound() async throws {
        for (date, signed) in [
            ("Fri, 02 Jan 2026 03:09:05 GMT", "20260102T030905Z"),
            ("Fri, 02 Jan 2026 02:59:05 GMT", "20260102T025905Z"),
        ] {
            let fixture = try Fixture([skewError(date: date), Fixture.success("AssumeRole")])
            _ = try await fixture.assumeRole().get()
            #expect(signingTimes(fixture).last == signed)
        }
    }

    @Test("measures the lifetime of credentials by AWS's clock if the clocks differ", arguments: [-3_600.0, 3_600])
    func lifetimeByAWSClock(offset: Double) async throws {
        let now = Fixture.now.addingTimeInterval(offset)
        let answer = Fixture.success("AssumeRole", headers: [("Date", "Fri, 02 Jan 2026 03:04:05 GMT")])
        let credentials = try await Fixture([answer], now: { now }).assumeRole().get()
        #expect(credentials.received == Fixture.now)
        #expect(credentials.expiration == Fixture.now.addingTimeInterval(3_600))
    }

    @Test(
        "measures the lifetime by this machine's clock if AWS's agrees or is unknown",
        arguments: [nil, "Fri, 02 Jan 2026 03:09:04 GMT"])
    func lifetimeByLocalClock(date: String?) async throws {
        let headers = date.map { [(name: "Date", value: $0)] } ?? []
        let fixture = try Fixture([Fixture.success("AssumeRole", headers: headers)])
        #expect(try await fixture.assumeRole().get().received == nil)
    }

    @Test("rejects a session that has expired by AWS's clock, regardless of this machine's")
    func expiredByAWSClock() async throws {
        let answer = Fixture.success("AssumeRole", headers: [("Date", "Fri, 02 Jan 2026 05:04:05 GMT")])
        #expect(try await Fixture([answer]).assumeRole().failure?.kind == .unavailable)
    }

    @Test("drops the correction once the machine's clock is right")
    func dropped() async throws {
        let now = MutableDate(Fixture.now)
        let fixture = try Fixture(
            [
                skewError(date: "Fri, 02 Jan 2026 04:04:05 GMT"), Fixture.success("AssumeRole"),
                skewError(date: "Fri, 02 Jan 2026 04:04:05 GMT"),
                Fixture.success("AssumeRole", expiration: "2026-01-02T05:04:05Z"),
            ], now: { now.value })
        _ = try await fixture.assumeRole().get()
        now.value = Fixture.now.addingTimeInterval(3_600)
        _ = try await fixture.assumeRole().get()
        #expect(
            signingTimes(fixture)
                == ["20260102T030405Z", "20260102T040405Z", "20260102T050405Z", "20260102T040405Z"])
    }
}

private final class MutableDate: Sendable {
    private let date: Mutex<Date>

    init(_ date: Date) { self.date = Mutex(date) }

    var value: Date {
        get { date.withLock { $0 } }
        set { date.withLock { $0 = newValue } }
    }
}
