// SPDX-License-Identifier: Apache-2.0

import Foundation
import Observability
import Service
import TestSupport
import Testing
import Tokens

@testable import PurserCommand
@testable import Vending

@Suite struct AuditLogTests {
    private static let time = Date(timeIntervalSince1970: 1_767_323_045.25)  // 2026-01-02T03:04:05.250Z
    private static let issuer = Issuer("https://login.example.com/")
    private static let alice = AuditSubject(pseudonym: Pseudonym("p-alice"), sealed: "s-alice")
    /// The first 16 digits of SHA-256 of "token".
    private static let tokenHash = "3c469e9d6c5875d3"

    private func grant(_ audience: Grant.Audience = .signedIn) throws -> Grant {
        let monitor = AppMonitor(
            name: "Shop_Users", id: "11111111-2222-3333-4444-555555555555", region: "us-west-2",
            account: "123456789012", partition: "aws", endpoint: "https://dataplane.rum.us-west-2.amazonaws.com")
        return Grant(
            app: try #require(AppName("shop")), audience: audience, monitor: monitor,
            exchange: .assumeRole(role: "arn:aws:iam::123456789012:role/Rum", externalID: nil), sessionDuration: 3_600,
            digest: { _ in SHA256Digest(words: (0, 0, 0, 0)) })
    }

    private func event(
        _ outcome: AuditEvent.Outcome, grant: Grant? = nil, audience: Grant.Audience = .signedIn,
        token: BearerToken? = BearerToken(hashing: "token"), holder: AuditSubject? = nil, issuer: Issuer? = nil,
        requestID: String = "r-1"
    ) -> AuditEvent {
        AuditEvent(
            requestID: requestID, client: nil, app: grant?.app, audience: audience, grant: grant, token: token,
            subject: holder,
            issuer: issuer, outcome: outcome)
    }

    private static let receipt = Receipt(
        accessKeyID: "ASIAEXAMPLE", expiration: Date(timeIntervalSince1970: 1_767_326_645), requestID: "aws-1")

    /// What `body` writes into an audit log.
    private func written(
        isRequired: Bool = true, sampler: LineSampler = LineSampler(), _ body: (AuditLog) async throws -> Void
    ) async throws -> String {
        let file = try TemporaryFile("")
        defer { withExtendedLifetime(file) {} }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file.path))
        let sink = LogSink(descriptor: handle.fileDescriptor)
        sink.start()
        try await body(log(sink, isRequired: isRequired, sampler: sampler))
        sink.close()
        try handle.close()
        return String(decoding: try Data(contentsOf: URL(fileURLWithPath: file.path)), as: UTF8.self)
    }

    private func log(_ sink: LogSink?, isRequired: Bool, sampler: LineSampler = LineSampler()) -> AuditLog {
        AuditLog(
            sink: sink, isRequired: isRequired, recordsHits: true, clients: ClientNames { _ in "hash" },
            sampler: sampler,
            now: { Self.time })
    }

    /// Runs `body` with a sink on a device that takes nothing (ENOSPC).
    private func full(_ body: (LogSink) async throws -> Void) async throws {
        let device = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        defer { try? device.close() }
        let sink = LogSink(descriptor: device.fileDescriptor)
        sink.start()
        try await body(sink)
        sink.close()
    }

    @Test("a vend of a user's is one line with the grant, the user's pseudonym and what AWS returned")
    func miss() async throws {
        let line = try await written { log in
            let grant = try grant()
            try await log.record(
                event(.vended(Self.receipt, hit: false), grant: grant, holder: Self.alice, issuer: Self.issuer))
        }
        #expect(
            line == #"""
                {"time":"2026-01-02T03:04:05.250Z","level":"info","message":"audit","event":"vended","requestId":"r-1","app":"shop",\#
                "audience":"signed-in","tokenHash":"\#(Self.tokenHash)","hit":false,"monitor":"Shop_Users",\#
                "exchange":"assume-role","issuer":"https://login.example.com/","pseudonym":"p-alice",\#
                "sealed":"s-alice","accessKeyId":"ASIAEXAMPLE","expiration":"2026-01-02T04:04:05.000Z",\#
                "awsRequestId":"aws-1"}

                """#)
    }

    @Test("a cache hit has the same line as the vend before it, but for the request and the hit")
    func hit() async throws {
        let text = try await written { log in
            let grant = try grant()
            for (hit, request) in [(false, "r-1"), (true, "r-2")] {
                try await log.record(
                    event(
                        .vended(Self.receipt, hit: hit), grant: grant, holder: Self.alice, issuer: Self.issuer,
                        requestID: request))
            }
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        try #require(lines.count == 3 && lines[2].isEmpty)
        #expect(lines[0].contains(#""requestId":"r-1""#) && lines[1].contains(#""requestId":"r-2""#))
        #expect(lines[1].contains(#""hit":true"#))
        #expect(
            lines[0].replacing("r-1", with: "r-2").replacing(#""hit":false"#, with: #""hit":true"#) == lines[1])
    }

    @Test("a guest's vend names no user and no token")
    func guest() async throws {
        let line = try await written { log in
            let grant = try grant(.guest)
            try await log.record(
                event(.vended(Self.receipt, hit: false), grant: grant, audience: .guest, token: nil))
        }
        #expect(
            line == #"""
                {"time":"2026-01-02T03:04:05.250Z","level":"info","message":"audit","event":"vended","requestId":"r-1","app":"shop",\#
                "audience":"guest","hit":false,"monitor":"Shop_Users","exchange":"assume-role",\#
                "accessKeyId":"ASIAEXAMPLE","expiration":"2026-01-02T04:04:05.000Z","awsRequestId":"aws-1"}

                """#)
    }

    @Test("a refusal before the app and the user are known has the reason and the token's hash only")
    func refusedUnknown() async throws {
        let line = try await written { $0.recordRefusal(event(.refused(.appUnknown))) }
        #expect(
            line == #"""
                {"time":"2026-01-02T03:04:05.250Z","level":"info","message":"audit","event":"refused","requestId":"r-1",\#
                "audience":"signed-in","tokenHash":"\#(Self.tokenHash)","reason":"app_unknown"}

                """#)
    }

    @Test("a refusal of a verified user has the grant and the user's pseudonym")
    func refusedUser() async throws {
        let line = try await written {
            $0.recordRefusal(event(.refused(.denied), grant: try grant(), holder: Self.alice, issuer: Self.issuer))
        }
        #expect(
            line == #"""
                {"time":"2026-01-02T03:04:05.250Z","level":"info","message":"audit","event":"refused","requestId":"r-1","app":"shop",\#
                "audience":"signed-in","tokenHash":"\#(Self.tokenHash)","reason":"denied","monitor":"Shop_Users",\#
                "exchange":"assume-role","issuer":"https://login.example.com/","pseudonym":"p-alice",\#
                "sealed":"s-alice"}

                """#)
    }

    @Test("the subject is in a line only where the grant names users in clear, and neither it nor the seal is cut")
    func clear() async throws {
        let (sealed, subject) = (String(repeating: "s", count: 2_000), String(repeating: "a", count: 1_000))
        var holder = AuditSubject(pseudonym: Pseudonym("p"), sealed: sealed)
        holder.subject = Subject(subject)
        let line = try await written {
            $0.recordRefusal(event(.refused(.denied), grant: try grant(), holder: holder, issuer: Self.issuer))
        }
        #expect(line.contains("\"sealed\":\"\(sealed)\",\"subject\":\"\(subject)\"}"))
    }

    @Test("no line has the secret key, the session token or the bearer token")
    func secrets() async throws {
        let text = try await written { log in
            let grant = try grant()
            let token = BearerToken(hashing: "topsecret-bearer")
            try await log.record(
                event(.vended(Self.receipt, hit: false), grant: grant, token: token, holder: Self.alice))
            log.recordRefusal(event(.refused(.denied), grant: grant, token: token, holder: Self.alice))
        }
        #expect(text.split(separator: "\n").count == 2)
        #expect(!text.contains("topsecret"))
    }

    @Test("a required line is written when `record` returns")
    func confirmed() async throws {
        let file = try TemporaryFile("")
        defer { withExtendedLifetime(file) {} }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file.path))
        let sink = LogSink(descriptor: handle.fileDescriptor)
        sink.start()
        let log = log(sink, isRequired: true)
        for count in 1...3 {
            try await log.record(event(.vended(Self.receipt, hit: false)))
            #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)).split(separator: 0x0A).count == count)
        }
        #expect(log.isReady && log.lostLines == (0, 0))
        sink.close()
    }

    @Test(
        "a required line that can't be written is an error that names the system's reason, and the trail is not ready")
    func failingRequired() async throws {
        try await full { sink in
            let log = log(sink, isRequired: true)
            #expect(log.isReady)
            let vend = event(.vended(Self.receipt, hit: true))
            let error = await #expect(throws: AuditError.self) { try await log.record(vend) }
            #expect(error?.detail == "the audit event can't be written: No space left on device")
            #expect(!log.isReady && log.lostLines == (0, 1))
        }
    }

    @Test("a line that can't be written is counted and no error where the trail is not required, which stays ready")
    func failingOptional() async throws {
        try await full { sink in
            let log = log(sink, isRequired: false)
            log.enqueue(event(.vended(Self.receipt, hit: false)))
            log.recordRefusal(event(.refused(.appUnknown)))
            sink.close()
            #expect(log.isReady && log.lostLines == (0, 2))
        }
    }

    @Test("refusals over the rate have no line of their own but a line with their counts by reason")
    func sampled() async throws {
        let time = ManualTime()
        let clock = MonotonicTime(now: { time.elapsed }, sleep: { _ in })
        let sampler = LineSampler(rate: 1, burst: 2, now: clock.now)
        let text = try await written(isRequired: false, sampler: sampler) { log in
            for _ in 0..<3 { log.recordRefusal(event(.refused(.appUnknown))) }
            for _ in 0..<2 { log.recordRefusal(event(.refused(.denied))) }
            log.recordOmittedRefusals()
            log.recordOmittedRefusals()
        }
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].contains(#""reason":"app_unknown""#))
        #expect(
            lines.last == #"""
                {"time":"2026-01-02T03:04:05.250Z","level":"info","message":"audit","event":"refusals not recorded","count":3,\#
                "byReason":{"app_unknown":1,"denied":2}}
                """#)
    }

    @Test("without a sink nothing fails, required or not", arguments: [true, false])
    func off(isRequired: Bool) async throws {
        let log = log(nil, isRequired: isRequired)
        #expect(!log.isRequired && !log.recordsHits && log.isReady)
        log.recordRefusal(event(.refused(.appUnknown)))
        try await log.record(event(.vended(Self.receipt, hit: false)))
    }
}
