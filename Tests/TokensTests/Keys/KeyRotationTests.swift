// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Outbound
import TestSupport
import Testing
import Tokens
import Vending

/// Key rotation while tokens are verified.
@Suite struct KeyRotationTests {
    private let harness: RemoteKeysHarness
    private let old: TestIssuer
    private let new: TestIssuer
    private let authenticator: TokenAuthenticator
    private var provider: ScriptedProvider { harness.provider }

    init() throws {
        harness = try RemoteKeysHarness()
        old = try TestIssuer(keyID: "old")
        new = try TestIssuer(keyID: "new")
        authenticator = harness.authenticator()
        provider.publish(old)
    }

    private func refusal(of token: BearerToken) async -> TokenError.Reason? {
        do throws(TokenError) {
            _ = try await authenticator.verify(token, at: TestIssuer.now)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("accepts a token of a new key after one fetch")
    func unknownKey() async throws {
        await harness.source.renew()
        harness.clock.advance(.seconds(30))
        provider.publish(old, new)
        #expect(await refusal(of: try new.token()) == nil)
        #expect(await refusal(of: try old.token()) == nil)
        #expect(provider.count == 2)
    }

    @Test("verifies at once with the keys at hand, and leaves a token that newer keys could explain to a fetch")
    func atOnce() async throws {
        #expect(throws: TokenError.self, "no keys yet") {
            try authenticator.verifyAtOnce(try old.token(), at: TestIssuer.now)
        }
        await harness.source.renew()
        #expect(try authenticator.verifyAtOnce(try old.token(), at: TestIssuer.now) != nil)
        #expect(try authenticator.recall(old.token(), at: TestIssuer.now) == nil, "each signature is new")
        let known = try old.token()
        _ = try authenticator.verifyAtOnce(known, at: TestIssuer.now)
        #expect(authenticator.recall(known, at: TestIssuer.now) != nil)
        #expect(try authenticator.verifyAtOnce(try new.token(), at: TestIssuer.now) == nil)
        let forged = try BearerToken(hashing: String(old.token().rawValue.dropLast(4)) + "AAAA")
        #expect(throws: TokenError.self) { try authenticator.verifyAtOnce(forged, at: TestIssuer.now) }
        #expect(provider.count == 1)
    }

    @Test("ten thousand unknown keys share one fetch and cause no other within the cool-down")
    func flood() async throws {
        await harness.source.renew()
        harness.clock.advance(.seconds(30))
        let gate = Gate()
        provider.hold(at: gate)
        let tokens = try (0..<10_000).map { try old.token(header: #"{"alg":"ES256","kid":"\#($0)"}"#) }
        let known = try old.token()
        let refusals = await withTaskGroup(of: TokenError.Reason?.self) { group in
            for token in tokens { group.addTask { await refusal(of: token) } }
            await gate.arrivals(1)
            // A token with a known key does not wait.
            #expect(await refusal(of: known) == nil)
            gate.open()
            return await group.reduce(into: [TokenError.Reason?: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(refusals == [.keyPending: 10_000])
        #expect(provider.count == 2)
        for token in tokens.prefix(100) { #expect(await refusal(of: token) == .keyPending) }
        harness.clock.advance(.seconds(29))
        #expect(await refusal(of: tokens[0]) == .keyPending)
        #expect(provider.count == 2)
        harness.clock.advance(.seconds(1))
        #expect(await refusal(of: tokens[0]) == .keyPending)
        #expect(provider.count == 3)
    }

    @Test("unknown issuers and addresses in headers cause no request")
    func unknownIssuers() async throws {
        await harness.source.renew()
        harness.clock.advance(.seconds(3600))
        for number in 0..<10_000 {
            let token = try old.sign(
                header: #"{"alg":"ES256","kid":"x"}"#,
                payload: Array(#"{"iss":"https://\#(number).example/","aud":"shop","exp":1795233600}"#.utf8))
            #expect(await refusal(of: token) == .issuerUnknown)
        }
        let header = #"{"alg":"ES256","kid":"old","jku":"https://evil.example/","x5u":"https://evil.example/"}"#
        #expect(await refusal(of: try old.token(header: header)) == nil)
        #expect(provider.count == 1)
    }

    @Test("finds a rotation within the cool-down when it ends, without another token")
    func deferred() async throws {
        await harness.running {
            let stranger = try? old.token(header: #"{"alg":"ES256","kid":"nobodys"}"#)
            #expect(await refusal(of: stranger!) == .keyPending)
            #expect(provider.count == 2)
            provider.publish(old, new)
            #expect(await refusal(of: (try? new.token())!) == .keyPending)
            #expect(await harness.clock.nextSleep() == .seconds(30))
            await harness.advance(.seconds(30))
            #expect(authenticator.refusal(of: (try? new.token())!) == nil)
            #expect(provider.count == 3)
        }
    }

    @Test("one waiter's cancellation does not cancel the fetch for the others")
    func cancelledWaiter() async throws {
        await harness.source.renew()
        harness.clock.advance(.seconds(30))
        provider.publish(old, new)
        let gate = Gate()
        provider.hold(at: gate)
        let token = try new.token()
        let first = Task { await refusal(of: token) }
        await gate.arrivals(1)
        first.cancel()
        gate.open()
        #expect(await first.value == nil)
        #expect(await refusal(of: token) == nil)
        #expect(provider.count == 2)
    }

    @Test("retires a key that is removed from the set with its verdicts, and keeps the other verdicts")
    func retired() async throws {
        provider.publish(old, new)
        await harness.source.renew()
        let tokens = (try old.token(), try new.token())
        #expect(await refusal(of: tokens.0) == nil)
        #expect(await refusal(of: tokens.1) == nil)
        provider.publish(new)
        harness.clock.advance(.seconds(30))
        await harness.source.renew()
        #expect(authenticator.recall(tokens.0, at: TestIssuer.now) == nil)
        #expect(await refusal(of: tokens.0) == .keyPending, "another server may still publish it")
        #expect(authenticator.recall(tokens.1, at: TestIssuer.now) != nil)
        #expect(
            harness.reported == [
                "changed for an unknown key: 2 keys, 0 skipped, 0 retired",
                "changed for an unknown key: 1 keys, 0 skipped, 1 retired",
            ])
    }

    @Test("another key with the same kid replaces the first one and invalidates its verdicts")
    func sameKeyID() async throws {
        await harness.source.renew()
        let impostor = try TestIssuer(keyID: "old")
        let token = try old.token()
        #expect(await refusal(of: token) == nil)
        #expect(await refusal(of: try impostor.token()) == .signatureInvalid)
        provider.publish(impostor)
        harness.clock.advance(.seconds(30))
        await harness.source.renew()
        #expect(authenticator.recall(token, at: TestIssuer.now) == nil)
        #expect(await refusal(of: token) == .signatureInvalid)
        #expect(await refusal(of: try impostor.token()) == nil)
    }

    @Test("without kids, an invalid signature causes a fetch and finds a replaced key")
    func withoutKeyID() async throws {
        let (first, second) = (try TestIssuer(keyID: nil), try TestIssuer(keyID: nil))
        provider.publish(first)
        await harness.source.renew()
        #expect(await refusal(of: try first.token()) == nil)
        provider.publish(second)
        #expect(await refusal(of: try second.token()) == .keyPending)
        harness.clock.advance(.seconds(30))
        #expect(await refusal(of: try second.token()) == nil)
        #expect(await refusal(of: try first.token()) == .keyPending)
        #expect(provider.count == 2)
    }

    @Test("an invalid signature under a known kid causes no fetch")
    func badSignature() async throws {
        await harness.source.renew()
        harness.clock.advance(.seconds(30))
        let forged = try TestIssuer(keyID: "old")
        #expect(await refusal(of: try forged.token()) == .signatureInvalid)
        #expect(provider.count == 1)
    }

    @Test("reports an unknown key as keysUnavailable while newer keys are unavailable")
    func undecided() async throws {
        await harness.source.renew()
        harness.clock.advance(.seconds(30))
        provider.answer(ScriptedProvider.keys, .failure(.connection("refused")))
        #expect(await refusal(of: try new.token()) == .keysUnavailable)
        #expect(await refusal(of: try new.token()) == .keysUnavailable)
        #expect(await refusal(of: try old.token()) == nil)
        #expect(provider.count == 2)
    }

    @Test("a refresh with unchanged keys keeps the keys and their verdicts")
    func unchanged() async throws {
        await harness.source.renew()
        let token = try old.token()
        #expect(await refusal(of: token) == nil)
        harness.clock.advance(.seconds(30))
        await harness.source.renew()
        #expect(authenticator.recall(token, at: TestIssuer.now) != nil)
        #expect(harness.reported.dropFirst() == ["renewed for an unknown key"])
        #expect(harness.source.status.succeeded == 2)
    }

    @Test("fetches keys again when the response's lifetime ends")
    func schedule() async throws {
        provider.publish(old, headers: [("Cache-Control", "public, max-age=900")])
        await harness.running {
            #expect(await harness.clock.nextSleep() == .seconds(900))
            provider.publish(old, new, headers: [("Cache-Control", "public, max-age=60")])
            await harness.advance(.seconds(900))
            #expect(harness.source.current?.keys.count == 2)
            #expect(await harness.clock.nextSleep() == .seconds(300))
            #expect(harness.source.status.age == .zero)
        }
    }
}
