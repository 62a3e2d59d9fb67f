// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import TestSupport
import Vending

@testable import AWS

/// One app, its two grants, and an STS client with a scripted transport and a manual clock.
struct Fixture {
    static let now = Date(timeIntervalSince1970: 1_767_323_045)  // 2026-01-02T03:04:05Z
    static let subject = "alice@example.com"
    static let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
    static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    static let keys = [
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": "own/session==",
    ]

    static let brokerCredentials = FixedCredentials(
        SigningCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: secret, sessionToken: "own/session=="))

    let clock = ManualClock()
    let transport: ScriptedTransport
    let quota: RetryQuota
    let client: STSClient

    init(
        _ script: [ScriptedTransport.Reply], limits: RetryPolicy.Limits = .init(), quota: RetryQuota = RetryQuota(),
        random: Double = 0.5, endpoint: String = "https://sts.us-west-2.amazonaws.com",
        now: @escaping @Sendable () -> Date = { Fixture.now }
    ) throws {
        transport = ScriptedTransport(script, clock: clock)
        self.quota = quota
        client = STSClient(
            endpoint: try Self.require(Endpoint(endpoint)), region: try Self.require(Region("us-west-2")),
            transport: transport,
            retry: RetryPolicy(limits: limits, quota: quota, clock: clock, random: { random }),
            endpointGuard: .fixture(clock), now: now)
    }

    static let role = "arn:aws:iam::123456789012:role/Rum"
    static let pseudonyms = PseudonymKey(Array(0..<32))!

    func dispatcher(
        signedBy provider: any BrokerCredentialProvider = Fixture.brokerCredentials,
        minter: (any TokenMinter)? = nil
    ) -> ExchangeDispatcher {
        ExchangeDispatcher(
            webIdentity: WebIdentityExchange(sts: client, pseudonyms: Self.pseudonyms),
            assumeRole: AssumeRoleExchange(
                sts: client, brokerCredentials: provider, pseudonyms: Self.pseudonyms),
            minted: minter.map { MintedExchange(sts: client, minter: $0, pseudonyms: Self.pseudonyms) }, cognito: [:])
    }

    func webIdentity(
        _ holder: ExchangeRequest.Holder? = nil, attribution: Attribution = Attribution()
    ) async -> Result<TemporaryCredentials, ExchangeError> {
        await Self.outcome(
            dispatcher(),
            try? Self.request(
                .signedIn, .webIdentity(role: Self.role), holder ?? Self.user, attribution: attribution))
    }

    func assumeRole(
        _ holder: ExchangeRequest.Holder = .guests, externalID: String? = nil,
        attribution: Attribution = Attribution(),
        signedBy provider: any BrokerCredentialProvider = Fixture.brokerCredentials
    ) async -> Result<TemporaryCredentials, ExchangeError> {
        await Self.outcome(
            dispatcher(signedBy: provider),
            try? Self.request(
                .guest, .assumeRole(role: Self.role, externalID: externalID), holder, attribution: attribution))
    }

    static func outcome(
        _ exchange: any CredentialExchange, _ request: ExchangeRequest?
    ) async -> Result<TemporaryCredentials, ExchangeError> {
        do throws(ExchangeError) {
            guard let request else { throw ExchangeError(.refused, "broken fixture") }
            return .success(try await exchange.exchange(request))
        } catch {
            return .failure(error)
        }
    }

    static func request(
        _ audience: Grant.Audience, _ exchange: Grant.Exchange, _ holder: ExchangeRequest.Holder,
        attribution: Attribution = Attribution(), handOut: Int? = nil
    ) throws -> ExchangeRequest {
        let monitor = AppMonitor(
            name: "Demo_\(audience.rawValue)", id: "11111111-2222-3333-4444-555555555555", region: "us-west-2",
            account: "123456789012", partition: "aws", endpoint: "https://dataplane.rum.us-west-2.amazonaws.com")
        let grant = Grant(
            app: try require(AppName("demo-store")), audience: audience, monitor: monitor, exchange: exchange,
            sessionDuration: 3_600, attribution: attribution, handOut: handOut,
            digest: { _ in SHA256Digest(words: (1, 2, 3, 4)) })
        return ExchangeRequest(grant: grant, holder: holder)
    }

    static var user: ExchangeRequest.Holder { user(token: token) }

    static let issuer = Issuer("https://login.example.com/")

    static func user(
        token: String = Fixture.token, claims: [ClaimPath: ClaimValue] = [:]
    ) -> ExchangeRequest.Holder {
        .user(
            VerifiedIdentity(
                issuer: issuer, subject: Subject(subject), expiration: now.addingTimeInterval(600), claims: claims),
            BearerToken(token))
    }

    static func require<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Missing() }
        return value
    }

    private struct Missing: Error {}

    /// A complete response of STS to `action`.
    static func success(
        _ action: String, expiration: String = "2026-01-02T04:04:05Z", headers: [(name: String, value: String)] = []
    ) -> ScriptedTransport.Reply {
        .answer(
            200,
            """
            <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><Credentials>\
            <AccessKeyId>ASIAEXAMPLEEXAMPLE00</AccessKeyId><SecretAccessKey>issued/to+secret</SecretAccessKey>\
            <SessionToken>issued/to+token==</SessionToken><Expiration>\(expiration)</Expiration></Credentials>\
            </\(action)Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></\(action)Response>
            """,
            headers: headers)
    }

    /// An error of STS whose message quotes the user, as AWS's can.
    static func error(
        _ status: Int, _ code: String, _ message: String? = nil, headers: [(name: String, value: String)] = []
    ) -> ScriptedTransport.Reply {
        let message =
            message ?? "User: arn:aws:sts::123456789012:assumed-role/Rum/\(subject) with \(token) may not"
        return .answer(
            status,
            "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>f9dc6495-9462</RequestId></ErrorResponse>",
            headers: headers)
    }
}

extension Result where Failure == ExchangeError {
    var failure: ExchangeError? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

extension EndpointGuard {
    /// A guard whose limits no test reaches.
    static func fixture(_ clock: any Clock<Duration> = ContinuousClock()) -> EndpointGuard {
        EndpointGuard(
            limiter: RateLimiter(limits: .init(ceiling: 1_000_000), clock: MonotonicTime(clock)),
            breaker: CircuitBreaker(clock: MonotonicTime(clock)))
    }
}
