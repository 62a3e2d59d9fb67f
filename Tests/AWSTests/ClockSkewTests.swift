import Foundation
import Outbound
import Synchronization
import Testing
import Vending

@testable import AWS

@Suite struct ClockSkewTests {
    private static let message =
        "Signature expired: 20260102T030405Z is now earlier than 20260102T040405Z (20260102T040905Z - 5 min.)"

    private func refusal(date: String?) -> ScriptedTransport.Reply {
        Fixture.error(403, "SignatureDoesNotMatch", Self.message, headers: date.map { [("Date", $0)] } ?? [])
    }

    private func signingTimes(_ fixture: Fixture) -> [String] {
        fixture.transport.requests.compactMap { $0.headers.first { $0.name == "X-Amz-Date" }?.value }
    }

    @Test("a clock that is an hour behind is corrected by the Date header, at once and for later calls")
    func corrected() async throws {
        let fixture = try Fixture([
            refusal(date: "Fri, 02 Jan 2026 04:04:05 GMT"),
            Fixture.success("AssumeRole"),
        ])
        _ = try await fixture.assumeRole().get()
        _ = try await fixture.assumeRole().get()
        #expect(signingTimes(fixture) == ["20260102T030405Z", "20260102T040405Z", "20260102T040405Z"])
        #expect(fixture.clock.sleeps == [.zero])
    }

    @Test("a second refusal for the same reason is final")
    func onlyOnce() async throws {
        let fixture = try Fixture([refusal(date: "Fri, 02 Jan 2026 04:04:05 GMT")])
        #expect(await fixture.assumeRole().failure?.kind == .refused)
        #expect(fixture.transport.requests.count == 2)
    }

    @Test(
        "without a Date, or with one that explains nothing, there is no further attempt",
        arguments: [nil, "", "yesterday", "Fri, 02 Jan 2026 03:04:05 GMT", "Fri, 02 Jan 2026 03:09:04 GMT"])
    func nothingLearned(date: String?) async throws {
        let fixture = try Fixture([refusal(date: date)])
        #expect(await fixture.assumeRole().failure?.kind == .refused)
        #expect(fixture.transport.requests.count == 1)
        _ = await fixture.assumeRole()
        #expect(signingTimes(fixture) == ["20260102T030405Z", "20260102T030405Z"])
    }

    @Test("5 minutes is where a difference starts to count, either way")
    func bound() async throws {
        for (date, signed) in [
            ("Fri, 02 Jan 2026 03:09:05 GMT", "20260102T030905Z"),
            ("Fri, 02 Jan 2026 02:59:05 GMT", "20260102T025905Z"),
        ] {
            let fixture = try Fixture([refusal(date: date), Fixture.success("AssumeRole")])
            _ = try await fixture.assumeRole().get()
            #expect(signingTimes(fixture).last == signed)
        }
    }

    @Test("where AWS's clock is another, the life of credentials is measured by it", arguments: [-3_600.0, 3_600])
    func lifeByTheirClock(offset: Double) async throws {
        let now = Fixture.now.addingTimeInterval(offset)
        let answer = Fixture.success("AssumeRole", headers: [("Date", "Fri, 02 Jan 2026 03:04:05 GMT")])
        let credentials = try await Fixture([answer], now: { now }).assumeRole().get()
        #expect(credentials.received == Fixture.now)
        #expect(credentials.expiration == Fixture.now.addingTimeInterval(3_600))
    }

    @Test(
        "where AWS's clock agrees, or is not told, this machine's counts",
        arguments: [nil, "Fri, 02 Jan 2026 03:09:04 GMT"])
    func lifeByOwnClock(date: String?) async throws {
        let headers = date.map { [(name: "Date", value: $0)] } ?? []
        let fixture = try Fixture([Fixture.success("AssumeRole", headers: headers)])
        #expect(try await fixture.assumeRole().get().received == nil)
    }

    @Test("a session that is over by AWS's own clock is none, whatever this machine's says")
    func overByTheirClock() async throws {
        let answer = Fixture.success("AssumeRole", headers: [("Date", "Fri, 02 Jan 2026 05:04:05 GMT")])
        #expect(try await Fixture([answer]).assumeRole().failure?.kind == .unavailable)
    }

    @Test("a correction is dropped once the machine's clock is right")
    func dropped() async throws {
        let now = NowBox(Fixture.now)
        let fixture = try Fixture(
            [
                refusal(date: "Fri, 02 Jan 2026 04:04:05 GMT"), Fixture.success("AssumeRole"),
                refusal(date: "Fri, 02 Jan 2026 04:04:05 GMT"),
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

private final class NowBox: Sendable {
    private let date: Mutex<Date>

    init(_ date: Date) { self.date = Mutex(date) }

    var value: Date {
        get { date.withLock { $0 } }
        set { date.withLock { $0 = newValue } }
    }
}
