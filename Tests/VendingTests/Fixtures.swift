// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport

@testable import Vending

extension AppMonitor {
    static func named(_ name: String, id: String = "11111111-2222-3333-4444-555555555555") -> AppMonitor {
        AppMonitor(
            name: name, id: id, region: "us-west-2", account: "123456789012",
            partition: "aws", endpoint: "https://dataplane.rum.us-west-2.amazonaws.com")
    }
}

extension Grant {
    static func test(
        app: String = "shop", audience: Audience = .signedIn, monitor: String = "Shop",
        monitorID: String = "11111111-2222-3333-4444-555555555555", role: String = "Role",
        duration: Int = 3600, attribution: Attribution = Attribution(), guestSessions: GuestSessions = .shared,
        handOut: Int? = nil, delivery: DeliveryMode = .both
    ) -> Grant {
        let arn = "arn:aws:iam::123456789012:role/\(role)"
        return Grant(
            app: AppName(app)!, audience: audience, monitor: .named(monitor, id: monitorID),
            exchange: audience == .guest ? .assumeRole(role: arn, externalID: nil) : .webIdentity(role: arn),
            sessionDuration: duration, attribution: attribution, guestSessions: guestSessions, handOut: handOut,
            delivery: delivery
        ) { text in
            // A simple hash without collisions among the tests' grants.
            var words = (UInt64(14_695_981_039_346_656_037), UInt64(7), UInt64(0), UInt64(text.utf8.count))
            for byte in text.utf8 {
                words.0 = (words.0 ^ UInt64(byte)) &* 1_099_511_628_211
                words.1 = words.1 &* 31 &+ UInt64(byte)
            }
            return SHA256Digest(words: words)
        }
    }
}

/// An exchange that records its calls, and returns credentials unless a failure is queued.
final class FakeExchange: CredentialExchange {
    struct State {
        var calls: [ExchangeRequest] = []
        var failures: [ExchangeError] = []
        var lifetime: Double = 3600
    }

    let state = Mutex(State())
    let time: ManualTime
    let gate: Gate?

    init(_ time: ManualTime, gate: Gate? = nil) {
        self.time = time
        self.gate = gate
    }

    var calls: Int { state.withLock { $0.calls.count } }

    func failNext(_ failure: ExchangeError) { state.withLock { $0.failures.append(failure) } }

    func exchange(_ request: ExchangeRequest) async throws(ExchangeError) -> TemporaryCredentials {
        let (number, failure, lifetime) = state.withLock { state in
            state.calls.append(request)
            return (state.calls.count, state.failures.isEmpty ? nil : state.failures.removeFirst(), state.lifetime)
        }
        await gate?.pass()
        if let failure { throw failure }
        let holder =
            switch request.holder {
            case .guests: "guests"
            case .visitor(let identifier): "visitor \(identifier)"
            case .user(let identity, _): "\(identity.issuer)|\(identity.subject.rawValue)"
            }
        return TemporaryCredentials(
            accessKeyID: "ASIA\(number)", secretAccessKey: "secret of \(holder) in \(request.grant.app)",
            sessionToken: request.policy.json, expiration: time.now.addingTimeInterval(lifetime))
    }
}

/// Accepts tokens of the form `issuer|subject` or `issuer|subject|plan`, and rejects all others.
final class FakeVerifier: TokenVerifier {
    private let verifiesAtOnce: Bool
    let verified = Mutex<[[UInt8]: VerifiedIdentity]>([:])
    let time: ManualTime

    /// - Parameter verifiesAtOnce: whether the keys are at hand.
    init(_ time: ManualTime, verifiesAtOnce: Bool = false) {
        self.time = time
        self.verifiesAtOnce = verifiesAtOnce
    }

    func recall(_ token: BearerToken, at now: Date) -> VerifiedIdentity? {
        verified.withLock { $0[Array(token.rawValue.utf8)] }.flatMap { now < $0.expiration ? $0 : nil }
    }

    func verifyAtOnce(_ token: BearerToken, at now: Date) throws(TokenError) -> VerifiedIdentity? {
        verifiesAtOnce ? try verified(token) : nil
    }

    func verify(_ token: BearerToken, at now: Date) async throws(TokenError) -> VerifiedIdentity { try verified(token) }

    private func verified(_ token: BearerToken) throws(TokenError) -> VerifiedIdentity {
        let parts = token.rawValue.split(separator: "|")
        guard (2...3).contains(parts.count) else { throw TokenError(.notCompactForm, "two parts") }
        let identity = VerifiedIdentity(
            issuer: Issuer(String(parts[0])), subject: Subject(String(parts[1])),
            expiration: time.now.addingTimeInterval(600),
            claims: parts.count == 3 ? [ClaimPath(["plan"])!: .string(String(parts[2]))] : [:])
        verified.withLock { $0[Array(token.rawValue.utf8)] = identity }
        return identity
    }
}

extension CacheKey.Holder {
    static func user(_ issuer: Issuer, _ subject: Subject) -> CacheKey.Holder {
        .user(VerifiedIdentity(issuer: issuer, subject: subject, expiration: .distantFuture))
    }
}

struct FakePseudonyms: Pseudonymizer {
    func pseudonym(_ issuer: Issuer, _ subject: Subject) -> Pseudonym { Pseudonym("\(issuer)/\(subject.rawValue)") }

    func pseudonymize(_ issuer: Issuer, _ subject: Subject) -> AuditSubject {
        AuditSubject(pseudonym: pseudonym(issuer, subject), sealed: "sealed")
    }
}

final class AuditRecord: AuditTrail {
    private let recorded = Mutex<[AuditEvent]>([])
    let required = Mutex(false)
    let hits = Mutex(false)
    let fails = Mutex(false)
    /// Holds up `record`.
    let gate: Gate?

    init(gate: Gate? = nil) {
        self.gate = gate
    }

    var isRequired: Bool { required.withLock { $0 } }
    var recordsHits: Bool { hits.withLock { $0 } }

    var events: [AuditEvent] { recorded.withLock { $0 } }

    func record(_ event: AuditEvent) async throws(AuditError) {
        await gate?.pass()
        if fails.withLock({ $0 }) { throw AuditError("no space") }
        recorded.withLock { $0.append(event) }
    }

    func enqueue(_ event: AuditEvent) { recorded.withLock { $0.append(event) } }

    func recordRefusal(_ event: AuditEvent) { recorded.withLock { $0.append(event) } }
}

extension EncodedCredentials {
    /// A body of `prefix`, the key id, the secret and the token, one after the other.
    static func test(
        _ prefix: String = "", accessKeyID: String = "ASIA", secretAccessKey: String = "s", sessionToken: String = "t",
        parentAccessKeyID: String? = nil
    ) -> EncodedCredentials {
        var body = Array(prefix.utf8)
        func append(_ value: String) -> Range<Int> {
            let start = body.count
            body += value.utf8
            return start..<body.count
        }
        let (id, secret, token) = (append(accessKeyID), append(secretAccessKey), append(sessionToken))
        let end = body.count
        let parent = append(parentAccessKeyID ?? "")
        return EncodedCredentials(
            bytes: body, body: end, accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: 0..<0,
            parentAccessKeyID: parent)
    }
}

extension VendedCredentials {
    convenience init(text: String, expiration: Date, received: Date? = nil) {
        self.init(encoded: .test(text + ";"), expiration: expiration, received: received)
    }

    var accessKeyID: String { String(decoding: encoded.accessKeyID, as: UTF8.self) }
}

extension Broker {
    /// The credentials that the warm path returns; `nil` for a cache miss or a refusal.
    func cached(_ request: CredentialsRequest) -> VendedCredentials? {
        if case .hit(let result) = recall(request) { result.vended } else { nil }
    }
}

extension Broker.Ports {
    /// Each body begins with the secret and the monitor's name.
    static func test(
        _ time: ManualTime, _ exchange: FakeExchange, audit: any AuditTrail, meter: any Meter,
        dataPlane: any DataPlane = FakeDataPlane(), batches: any BatchReader = PlainBatches(),
        verifiesAtOnce: Bool = false,
        visitor: @escaping @Sendable () -> String = { "visitor" }
    ) -> Broker.Ports {
        Broker.Ports(
            verifier: FakeVerifier(time, verifiesAtOnce: verifiesAtOnce), exchange: exchange,
            pseudonyms: FakePseudonyms(), audit: audit, meter: meter,
            encode: { credentials, monitor in
                .test(
                    "\(credentials.secretAccessKey) to \(monitor.name);", accessKeyID: credentials.accessKeyID,
                    secretAccessKey: credentials.secretAccessKey, sessionToken: credentials.sessionToken,
                    parentAccessKeyID: credentials.parentAccessKeyID)
            }, dataPlane: dataPlane, batches: batches, now: { time.now }, visitor: visitor)
    }
}

/// The part of the body that `Broker.Ports.test` puts before the fields.
func text(of vended: VendedCredentials) -> String {
    String(decoding: vended.encoded.body.begin.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
}

extension ManualTime {
    /// Its `sleep` returns at once.
    var monotonic: MonotonicTime { MonotonicTime(now: { self.elapsed }, sleep: { _ in }) }
}
