// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import TestSupport
import Testing
import Vending

@testable import AWS

@Suite struct ScopedExchangeTests {
    private static let parent = TemporaryCredentials(
        accessKeyID: "ASIAPARENTPARENT0000", secretAccessKey: "parent/secret", sessionToken: "parent/token==",
        expiration: Fixture.now.addingTimeInterval(3_000))

    private func scope(
        _ fixture: Fixture, _ holder: ExchangeRequest.Holder = Fixture.user, seconds: Int = 300,
        within time: Duration = .seconds(8)
    ) async throws -> Result<TemporaryCredentials, ScopingError> {
        let audience: Grant.Audience = if case .user = holder { .signedIn } else { .guest }
        let request = try Fixture.request(
            audience, .assumeRole(role: Fixture.role, externalID: nil), holder, handOut: seconds)
        let exchange = ScopedExchange(sts: fixture.client, pseudonyms: Fixture.pseudonyms)
        do throws(ScopingError) {
            return .success(try await exchange.scope(Self.parent, for: request, seconds: seconds, within: time))
        } catch {
            return .failure(error)
        }
    }

    private static let success = Fixture.success("GetScopedCredentials", expiration: "2026-01-02T03:09:05Z")

    @Test("calls GetScopedCredentials with the strict policy, the lifetime and a description, signed by the session")
    func call() async throws {
        let fixture = try Fixture([Self.success])
        let credentials = try await scope(fixture).get()
        #expect(credentials.accessKeyID == "ASIAEXAMPLEEXAMPLE00")
        #expect(credentials.expiration == Fixture.now.addingTimeInterval(300))
        let request = try #require(fixture.transport.requests.first)
        #expect(request.url == "https://sts.us-west-2.amazonaws.com/")
        let pseudonym = Fixture.pseudonyms.pseudonym(Fixture.issuer, Subject(Fixture.subject)).text
        let strict = try Fixture.request(.signedIn, .webIdentity(role: Fixture.role), Fixture.user).grant.policy.json
        #expect(
            fixture.transport.bodies == [
                "Action=GetScopedCredentials&Version=2011-06-15&Policy=\(PercentEncoding.encodeForm(strict))"
                    + "&DurationSeconds=300&ScopedSessionDescription="
                    + PercentEncoding.encodeForm("Purser: app demo-store, user \(pseudonym)")
            ])
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name.lowercased(), $0.value) })
        #expect(headers["x-amz-security-token"] == Self.parent.sessionToken)
        let authorization = try #require(headers["authorization"])
        #expect(authorization.contains("Credential=\(Self.parent.accessKeyID)/"))
        #expect(authorization.contains("x-amz-security-token"), "signed")
        #expect(!"\(request.headers) \(fixture.transport.bodies)".contains(Fixture.subject))
    }

    @Test("describes guests and visitors without a user")
    func guests() async throws {
        let fixture = try Fixture([Self.success, Self.success])
        _ = try await scope(fixture, .guests).get()
        _ = try await scope(fixture, .visitor("0123456789abcdef")).get()
        #expect(fixture.transport.bodies[0].hasSuffix(PercentEncoding.encodeForm("Purser: app demo-store, guests")))
        #expect(
            fixture.transport.bodies[1].hasSuffix(
                PercentEncoding.encodeForm("Purser: app demo-store, visitor 0123456789abcdef")))
    }

    @Test(
        "reports a session that AWS rejects, without a retry, and errors that another session would get too",
        arguments: [
            (403, "AccessDenied", true), (403, "ExpiredToken", true), (403, "InvalidClientTokenId", true),
            (400, "InsufficientSessionLifetime", true), (400, "InvalidSubjectCredentials", true),
            (400, "PackedPolicyTooLarge", false), (400, "MalformedPolicyDocument", false),
            (400, "ValidationError", false),
        ])
    func refused(status: Int, code: String, rejectsParent: Bool) async throws {
        let fixture = try Fixture([Fixture.error(status, code)])
        let failure = try #require(try await scope(fixture).failure)
        #expect(failure.error.kind == .refused && failure.error.code == code)
        #expect(failure.rejectsParent == rejectsParent)
        #expect(fixture.transport.requests.count == 1)
    }

    @Test("names the missing permission, and not the trust policy")
    func permission() async throws {
        let fixture = try Fixture([Fixture.error(403, "AccessDenied")])
        let failure = try #require(try await scope(fixture).failure)
        #expect(failure.error.detail.hasPrefix("GetScopedCredentials: AccessDenied (HTTP 403"))
        #expect(failure.error.detail.contains("sts:GetScopedCredentials"))
        #expect(!failure.error.detail.contains("trust policy"))
    }

    @Test("retries what is transient, and never takes that for a rejected session")
    func transient() async throws {
        let fixture = try Fixture([Fixture.error(503, "ServiceUnavailable"), Self.success])
        _ = try await scope(fixture).get()
        #expect(fixture.transport.requests.count == 2)
        let failing = try Fixture(Array(repeating: Fixture.error(400, "Throttling"), count: 3))
        let failure = try #require(try await scope(failing).failure)
        #expect(failure.error.kind == .throttled && !failure.rejectsParent)
    }

    @Test("waits in the queue as a hand-out, so that exchanges of the same app do not hold it up")
    func share() async throws {
        let clock = TestSupport.ManualClock()
        let limiter = RateLimiter(limits: .init(ceiling: 10), clock: MonotonicTime(clock))
        let transport = ScriptedTransport([Fixture.error(400, "ValidationError")])
        let client = STSClient(
            endpoint: try Fixture.require(Endpoint("https://sts.us-west-2.amazonaws.com")),
            region: try Fixture.require(Region("us-west-2")), transport: transport,
            retry: RetryPolicy(clock: ManualClock()),
            endpointGuard: EndpointGuard(limiter: limiter, breaker: CircuitBreaker()), now: { Fixture.now })
        try await limiter.turn(of: .user(), within: .zero)
        var tasks: [Task<Void, Never>] = []
        for number in 0..<3 {
            let request = try Fixture.request(
                .signedIn, .webIdentity(role: Fixture.role), CognitoFixture.user("user-\(number)"))
            let exchange = WebIdentityExchange(sts: client, pseudonyms: Fixture.pseudonyms)
            tasks.append(Task { _ = try? await exchange.exchange(request, role: Fixture.role) })
            while limiter.status.waiting <= number { await Task.yield() }
        }
        let request = try Fixture.request(
            .signedIn, .webIdentity(role: Fixture.role), CognitoFixture.user("user-9"), handOut: 300)
        let scoped = ScopedExchange(sts: client, pseudonyms: Fixture.pseudonyms)
        tasks.append(
            Task { _ = try? await scoped.scope(Self.parent, for: request, seconds: 300, within: .seconds(8)) })
        while limiter.status.waiting <= 3 { await Task.yield() }
        for count in 1...4 {
            clock.advance(await clock.nextSleep())
            while transport.requests.count < count { await Task.yield() }
        }
        for task in tasks { await task.value }
        #expect(transport.bodies.map { $0.contains("Action=GetScopedCredentials") } == [false, true, false, false])
    }

    @Test("sends nothing if no time is left")
    func deadline() async throws {
        let fixture = try Fixture([Self.success])
        let failure = try #require(try await scope(fixture, within: .milliseconds(10)).failure)
        #expect(failure.error.kind == .timedOut && fixture.transport.requests.isEmpty)
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}

extension PercentEncoding {
    fileprivate static func encodeForm(_ text: String) -> String {
        var output: [UInt8] = []
        appendForm(text, to: &output)
        return String(decoding: output, as: UTF8.self)
    }
}
