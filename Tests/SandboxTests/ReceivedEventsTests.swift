import Foundation
import HTTPTypes
import Testing

@testable import Sandbox

@Suite("What the data plane received")
struct ReceivedEventsTests {
    let harness: Harness

    init() throws {
        harness = try Harness()
    }

    @Test("is counted a monitor and listed, newest first, without any credential")
    func report() async throws {
        let signer = try await harness.guestRUM()
        _ = try await harness.put(as: signer)
        _ = try await harness.put(monitor: harness.sandbox.configuration.signedInMonitor, as: signer)
        _ = try await harness.send(harness.putRequest())
        let answer = try await harness.send("GET", "/_sandbox/events")
        #expect(answer.status == 200)
        #expect(answer.headers[.cacheControl] == "no-store")
        let json = try answer.json
        #expect(json["requests"] as? Int == 3)
        let monitors = try #require(json["monitors"] as? [[String: Any]])
        #expect(monitors.map { $0["name"] as? String } == ["DemoStore_Authenticated", "DemoStore_Unauthenticated"])
        #expect(monitors.map { $0["accepted"] as? Int } == [0, 1])
        #expect(monitors.map { $0["refused"] as? Int } == [1, 1])
        #expect(monitors.map { $0["events"] as? Int } == [0, 1])
        let last = try #require(json["last"] as? [[String: Any]])
        #expect(last.map { $0["status"] as? Int } == [403, 403, 200])
        #expect(last.map { $0["session"] as? String } == [nil, "guests", "guests"])
        #expect(last.map { $0["error"] as? String } == ["AccessDeniedException", "AccessDeniedException", nil])
        #expect(last.last?["events"] as? [String] == ["t"])
        for secret in [signer.accessKeyID, signer.secret, signer.sessionToken ?? "", harness.broker.secret] {
            #expect(!answer.body.contains(secret))
        }
    }

    @Test("is bounded to the last hundred")
    func bounded() throws {
        let monitors = SandboxConfiguration.demo.monitors
        let events = ReceivedEvents(monitors)
        for index in 0..<250 {
            events.record(
                monitor: monitors[0], session: nil, at: Date(timeIntervalSince1970: TimeInterval(index)),
                outcome: .refused(.tooLarge))
        }
        #expect(events.report.requests == 250)
        #expect(events.report.monitors[0].refused == 250)
        #expect(events.report.last.count == 100)
        #expect(events.report.last.first?.time == Date(timeIntervalSince1970: 249))
    }
}
