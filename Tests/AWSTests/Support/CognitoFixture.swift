// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import TestSupport
import Vending

@testable import AWS

/// The exchange `cognito` with a scripted transport that stands for both Cognito and STS.
struct CognitoFixture {
    static let poolID = "us-west-2:11111111-2222-3333-4444-555555555555"
    static let role = "arn:aws:iam::123456789012:role/Rum"
    static let first = "us-west-2:aaaaaaaa-bbbb-cccc-dddd-000000000001"
    static let second = "us-west-2:aaaaaaaa-bbbb-cccc-dddd-000000000002"
    static let openIDToken = "eyJraWQiOiJjb2duaXRvIn0.eyJzdWIiOiJpZGVudGl0eSJ9.c2ln"

    let fixture: Fixture
    let exchange: CognitoExchange

    init(_ script: [ScriptedTransport.Reply], quota: RetryQuota = RetryQuota()) throws {
        fixture = try Fixture(script)
        let endpoint = try Fixture.require(Endpoint("https://cognito-identity.us-west-2.amazonaws.com"))
        let cognito = CognitoClient(
            endpoint: endpoint, transport: fixture.transport,
            retry: RetryPolicy(quota: quota, clock: fixture.clock, random: { 0.5 }),
            guards: .fixture(fixture.clock), now: { Fixture.now })
        exchange = CognitoExchange(
            cognito: cognito, sts: fixture.client, pseudonyms: Fixture.pseudonyms, now: { Fixture.now })
    }

    var requests: [OutboundRequest] { fixture.transport.requests }
    var bodies: [String] { fixture.transport.bodies }

    /// `GetId`, `GetOpenIdToken`, … or STS's `Action`, in the order in which they were called.
    var calls: [String] {
        requests.map { request in
            if let target = request.headers.first(where: { $0.name == "X-Amz-Target" })?.value {
                return String(target.split(separator: ".").last ?? "")
            }
            return String(decoding: request.body, as: UTF8.self).split(separator: "&")
                .first { $0.hasPrefix("Action=") }.map { String($0.dropFirst("Action=".count)) } ?? ""
        }
    }

    func enhanced(
        _ holder: ExchangeRequest.Holder = Fixture.user, customRole: String? = nil, login: String? = nil
    ) async throws -> Result<TemporaryCredentials, ExchangeError> {
        try await run(holder, .enhanced(customRole: customRole), login)
    }

    func basic(
        _ holder: ExchangeRequest.Holder = .guests
    ) async throws -> Result<TemporaryCredentials, ExchangeError> {
        try await run(holder, .basic(role: Self.role), nil)
    }

    private func run(
        _ holder: ExchangeRequest.Holder, _ flow: IdentityPool.Flow, _ login: String?
    ) async throws -> Result<TemporaryCredentials, ExchangeError> {
        let pool = try Fixture.require(IdentityPool(id: Self.poolID, flow: flow, login: login))
        let audience: Grant.Audience = if case .user = holder { .signedIn } else { .guest }
        let request = try Fixture.request(audience, .webIdentity(role: Self.role), holder)
        do throws(ExchangeError) {
            return .success(try await exchange.exchange(request, pool: pool))
        } catch {
            return .failure(error)
        }
    }

    static func user(_ subject: String, issuer: String = "https://login.example.com/") -> ExchangeRequest.Holder {
        .user(
            VerifiedIdentity(
                issuer: Issuer(issuer), subject: Subject(subject), expiration: Fixture.now.addingTimeInterval(600)),
            BearerToken("token-of-\(subject)"))
    }

    static func identity(_ id: String = first) -> ScriptedTransport.Reply {
        .answer(200, #"{"IdentityId":"\#(id)"}"#)
    }

    static func openIDToken(_ id: String = first) -> ScriptedTransport.Reply {
        .answer(200, #"{"IdentityId":"\#(id)","Token":"\#(openIDToken)"}"#)
    }

    /// As Cognito sends it: the expiration is a number of seconds with an exponent.
    static func credentials(_ id: String = first, expiration: String = "1.767326645E9") -> ScriptedTransport.Reply {
        .answer(
            200,
            #"""
            {"Credentials":{"AccessKeyId":"ASIACOGNITOEXAMPLE00","Expiration":\#(expiration),"SecretKey":"cognito/secret",\#
            "SessionToken":"cognito/token=="},"IdentityId":"\#(id)"}
            """#, headers: [("x-amzn-RequestId", "c0ffee-0")])
    }

    static func error(_ code: String, _ message: String = "m", status: Int = 400) -> ScriptedTransport.Reply {
        .answer(
            status, #"{"__type":"\#(code)","message":"\#(message)"}"#, headers: [("x-amzn-RequestId", "c0ffee-1")])
    }

    static let unknownIdentity = error("ResourceNotFoundException", "Identity '\(first)' not found.")
}

extension CognitoClient.Guards {
    static func fixture(_ clock: any Clock<Duration> = ContinuousClock()) -> Self {
        Self(getID: .fixture(clock), others: .fixture(clock))
    }
}
