// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Synchronization
import TestSupport
import Testing
import Tokens
import Vending

@Suite struct WatchedKeysTests {
    private struct Gone: Error, CustomStringConvertible {
        let description = "can't be read"
    }

    private let clock = ManualClock()
    private let file: File
    private let events = EventList()
    private let old: TestIssuer
    private let new: TestIssuer
    private let source: WatchedKeys
    private let authenticator: TokenAuthenticator

    private final class File: Sendable {
        let content: Mutex<[UInt8]?>

        init(_ content: [UInt8]) { self.content = Mutex(content) }
    }

    private static func document(_ issuers: TestIssuer...) -> [UInt8] {
        Array("{\"keys\":[\(issuers.map { $0.jwk() }.joined(separator: ","))]}".utf8)
    }

    init() throws {
        old = try TestIssuer(keyID: "old")
        new = try TestIssuer(keyID: "new")
        let content = Self.document(old)
        let (clock, file, events) = (clock, File(content), events)
        self.file = file
        source = WatchedKeys(
            try KeySet(file: content), content: content, interval: .seconds(5),
            time: MonotonicTime(now: { clock.now }, sleep: { try await clock.sleep($0) }),
            report: { events.add($0) },
            read: {
                guard let content = file.content.withLock({ $0 }) else { throw Gone() }
                return content
            })
        authenticator = TokenAuthenticator(issuers: [
            IssuerRules(issuer: Issuer(TestIssuer.name), audiences: ["shop"], keys: source)
        ])
    }

    /// Runs the source through one interval for each of `contents`; `nil` makes the file unreadable.
    private func poll(_ contents: [UInt8]?...) async {
        let running = Task { await source.run() }
        for content in contents {
            file.content.withLock { $0 = content }
            _ = await clock.nextSleep()
            clock.advance(.seconds(5))
        }
        _ = await clock.nextSleep()
        running.cancel()
        await running.value
    }

    @Test("a changed file replaces the keys and invalidates the verdicts of the removed ones")
    func changed() async throws {
        let tokens = (try old.token(), try new.token())
        #expect(authenticator.refusal(of: tokens.0) == nil)
        await poll(Self.document(new))
        #expect(authenticator.recall(tokens.0, at: TestIssuer.now) == nil)
        #expect(authenticator.refusal(of: tokens.0) == .keyUnknown)
        #expect(authenticator.refusal(of: tokens.1) == nil)
        #expect(events.descriptions == ["changed: 1 keys, 0 skipped, 1 retired"])
    }

    @Test("an unchanged or rewritten file keeps the keys and their verdicts")
    func unchanged() async throws {
        let token = try old.token()
        #expect(authenticator.refusal(of: token) == nil)
        await poll(Self.document(old), Self.document(old) + [0x0A])
        #expect(authenticator.recall(token, at: TestIssuer.now) != nil)
        #expect(events.descriptions == ["renewed"])
    }

    @Test("an invalid file keeps the old keys and is reported once for each change")
    func broken() async throws {
        await poll(Array("<html>".utf8), Array("<html>".utf8), nil, nil, Array("{\"keys\":[]}".utf8))
        #expect(authenticator.refusal(of: try old.token()) == nil)
        #expect(
            events.descriptions == [
                "failed: neither a JWK Set nor PEM; again in 5.0 seconds",
                "failed: can't be read; again in 5.0 seconds",
                "failed: no keys; again in 5.0 seconds",
            ])
        #expect(source.status.failing)
        await poll(Self.document(old))
        #expect(events.descriptions.last == "renewed, recovered")
        await poll(Self.document(old, new))
        #expect(authenticator.refusal(of: try new.token()) == nil)
        #expect(!source.status.failing)
    }

    @Test("reads a PEM file with several keys")
    func pem() async throws {
        let keys = [try TestIssuer(keyID: nil), try TestIssuer(.ed25519, .edDSA, keyID: nil)]
        let pem = try keys.map(KeySelectionTests.pem).joined(separator: "\n")
        await poll(Array(pem.utf8))
        for key in keys { #expect(authenticator.refusal(of: try key.token()) == nil) }
    }

    @Test("a change from a JWK Set to PEM stops matching by kid")
    func withoutNames() async throws {
        let bare = try TestIssuer(keyID: nil)
        await poll(Self.document(bare))
        #expect(authenticator.refusal(of: try bare.token(header: #"{"alg":"ES256","kid":"x"}"#)) == .keyUnknown)
        await poll(Array(try KeySelectionTests.pem(bare).utf8))
        #expect(authenticator.refusal(of: try bare.token(header: #"{"alg":"ES256","kid":"x"}"#)) == nil)
    }

    @Test("an unknown key does not cause a read of the file")
    func renewal() async throws {
        file.content.withLock { $0 = nil }
        await #expect(throws: TokenError.self) {
            try await authenticator.verify(try new.token(), at: TestIssuer.now)
        }
        #expect(events.descriptions == [])
    }
}
