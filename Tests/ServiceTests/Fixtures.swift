// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Observability
import Synchronization
import TestSupport
import Vending

@testable import Service

/// A service whose broker has a fake verifier, exchange and data plane; the app is `shop`.
final class ServiceHarness: Sendable {
    let time = ManualTime()
    let exchange: FakeExchange
    let plane = FakeDataPlane()
    let log: LogFile
    let service: CredentialsService
    let accessLog: AccessLog
    let counters = Counters<ResponseKind>()
    let durations = Histograms<ResponseClass>(bounds: [1])

    static let usersID = "11111111-2222-3333-4444-555555555555"
    static let guestsID = "66666666-7777-8888-9999-000000000000"
    static let role = "arn:aws:iam::123456789012:role/pages/RumSignedIn"

    /// - Parameter rates: by default so high that no test reaches them.
    init(
        files: [PublishedFile] = [], audit: any AuditTrail = NoAudit(), rates: RequestLimits.Rates = .unreachable,
        showsAddresses: Bool = false, lines: AccessLines = AccessLines()
    ) throws {
        log = try LogFile()
        exchange = FakeExchange(time)
        let (time, sink) = (time, log.sink)
        let monitor = { (audience: Grant.Audience) in
            AppMonitor(
                name: "Shop", id: audience == .guest ? Self.guestsID : Self.usersID, region: "us-west-2",
                account: "123456789012", partition: "aws", endpoint: "https://dataplane.rum.us-west-2.amazonaws.com")
        }
        let grant = { (audience: Grant.Audience) in
            Grant(
                app: AppName("shop")!, audience: audience, monitor: monitor(audience),
                exchange: .assumeRole(role: ServiceHarness.role, externalID: nil),
                sessionDuration: 3600, digest: { _ in SHA256Digest(words: (audience == .guest ? 1 : 2, 0, 0, 0)) })
        }
        let app = App(
            name: AppName("shop")!, origins: ["https://shop.example.com"],
            signedIn: App.SignedIn(grant: grant(.signedIn), issuers: [Issuer("https://idp")]), guest: grant(.guest))
        let limits = RequestLimits(rates, clock: MonotonicTime(now: { time.elapsed }, sleep: { _ in }))
        let broker = Broker(
            apps: [app], cache: CredentialCache(limits: CacheLimits(), now: { time.now }), limits: limits,
            ports: Broker.Ports(
                verifier: FakeVerifier(), exchange: exchange, pseudonyms: NoPseudonyms(), audit: audit,
                meter: NoMeter(),
                encode: CredentialsBody.encode, dataPlane: plane, batches: NoBatches(),
                now: { time.now }, visitor: { "visitor" }))
        accessLog = AccessLog(
            sink: sink, counters: counters, durations: durations,
            clients: ClientNames(showsAddresses: showsAddresses) { "hash of \($0.low & 0xFF)" }, lines: lines,
            now: { time.now })
        service = CredentialsService(
            broker: broker, apps: [app], files: files, hash: { BearerToken($0).digest },
            log: accessLog, limits: limits)
    }

    func request(
        _ path: String = "/v1/apps/shop/credentials", method: HTTPRequest.Method = .get, headers: HTTPFields = [:]
    ) -> HTTPRequest {
        HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path, headerFields: headers)
    }
}

extension RequestLimits.Rates {
    static var unreachable: Self {
        var rates = Self()
        (rates.clients, rates.users, rates.failures) = (1_000_000, 1_000_000, 1_000_000)
        return rates
    }
}

extension CredentialsService {
    /// Parses and responds, as a listener does with a request that the warm path passes on.
    func respond(
        to head: HTTPRequest, body: RequestBody = .none, from client: ClientAddress? = nil
    ) async -> ServiceResponse {
        await respond(to: parse(head, from: client), body: body)
    }

    /// The response of the warm path; `nil` if it passes the request on.
    func recall(_ head: HTTPRequest, from client: ClientAddress? = nil) -> ServiceResponse? {
        if case .response(let response) = recall(parse(head, from: client)) { response } else { nil }
    }

    func bodyLimit(of head: HTTPRequest) -> Int? { parse(head).bodyLimit }
}

struct NoAudit: AuditTrail {
    let isRequired = false
    let recordsHits = false

    func record(_ event: AuditEvent) async throws(AuditError) {}
    func enqueue(_ event: AuditEvent) {}
    func recordRefusal(_ event: AuditEvent) {}
}

private struct NoPseudonyms: Pseudonymizer {
    func pseudonym(_ issuer: Issuer, _ subject: Subject) -> Pseudonym { Pseudonym("p") }

    func pseudonymize(_ issuer: Issuer, _ subject: Subject) -> AuditSubject {
        AuditSubject(pseudonym: Pseudonym("p"), sealed: "s")
    }
}

private struct NoMeter: Meter {
    func tokenVerified(in duration: Duration) {}
    func tokenRefused(_ reason: TokenError.Reason, in duration: Duration) {}
    func exchanged(_ error: ExchangeError.Kind?, in duration: Duration) {}
    func returned(_ audience: Grant.Audience, life seconds: Double) {}
    func forwarded(_ outcome: ForwardingOutcome, bytes: Int) {}
}

private struct NoBatches: BatchReader {
    func userID(in batch: Batch) -> String? { nil }
}

/// A data plane that records each batch, and returns `{}` or throws `failure`.
final class FakeDataPlane: DataPlane {
    let failure = Mutex<DeliveryError?>(nil)
    let batches = Mutex<[(batch: Batch, monitor: AppMonitor, credentials: TemporaryCredentials)]>([])

    func put(
        _ batch: Batch, to monitor: AppMonitor, for share: CallShare, with credentials: TemporaryCredentials,
        checking check: (Batch) async throws(BatchError) -> Void
    ) async throws(DeliveryError) -> Delivery {
        batches.withLock { $0.append((batch, monitor, credentials)) }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return Delivery(body: Array("{}".utf8), requestID: "aws-request-1")
    }
}

/// Verifies `good` and `remembered-token` of alice, and `stranger` of another issuer. Remembers only
/// `remembered-token`.
private struct FakeVerifier: TokenVerifier {
    func recall(_ token: BearerToken, at now: Date) -> VerifiedIdentity? {
        token.rawValue == "remembered-token" ? identity("https://idp") : nil
    }

    func verifyAtOnce(_ token: BearerToken, at now: Date) -> VerifiedIdentity? { nil }

    func verify(_ token: BearerToken, at now: Date) async throws(TokenError) -> VerifiedIdentity {
        switch token.rawValue {
        case "remembered-token", "good": return identity("https://idp")
        case "stranger": return identity("https://other")
        case "expired-token": throw TokenError(.expired, "detail for the operator")
        case "early": throw TokenError(.keysUnavailable, "not fetched yet")
        default: throw TokenError(.signatureInvalid, "detail for the operator")
        }
    }

    private func identity(_ issuer: String) -> VerifiedIdentity {
        VerifiedIdentity(issuer: Issuer(issuer), subject: Subject("alice-subject"), expiration: .distantFuture)
    }
}

final class FakeExchange: CredentialExchange {
    let failure = Mutex<ExchangeError?>(nil)
    /// The session policy of each exchange.
    let policies = Mutex<[String]>([])
    private let time: ManualTime

    init(_ time: ManualTime) { self.time = time }

    func exchange(_ request: ExchangeRequest) async throws(ExchangeError) -> TemporaryCredentials {
        policies.withLock { $0.append(request.policy.json) }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return TemporaryCredentials(
            accessKeyID: "ASIAKEY", secretAccessKey: "s3cret/+=", sessionToken: "session//token==",
            expiration: Date(timeIntervalSince1970: time.now.timeIntervalSince1970 + 3600),
            assumedRoleID: "AROAEXAMPLEID:name-of-the-session")
    }
}

/// A log that can be read back.
final class LogFile: Sendable {
    let sink: LogSink
    private let handle: FileHandle

    init() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("purser-test-\(UUID()).log").path
        try Data().write(to: URL(fileURLWithPath: path))
        handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try FileManager.default.removeItem(atPath: path)
        sink = LogSink(descriptor: handle.fileDescriptor)
        sink.start()
    }

    // Closing the sink first prevents it from writing to a descriptor that the system has reused.
    deinit { sink.close() }

    /// Closes the log and returns its lines.
    func lines() throws -> [[String: Any]] {
        sink.close()
        try handle.seek(toOffset: 0)
        return try (handle.readToEnd() ?? Data()).split(separator: UInt8(ascii: "\n")).map {
            try JSONSerialization.jsonObject(with: $0) as? [String: Any] ?? [:]
        }
    }
}
