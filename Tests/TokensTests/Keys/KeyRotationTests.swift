import Synchronization
import Outbound
import TestSupport
import Testing
import Tokens
import Vending

/// Keys that come and go while tokens are verified.
@Suite struct KeyRotationTests {
    private let stage: RemoteKeysHarness
    private let old: TestIssuer
    private let new: TestIssuer
    private let authenticator: TokenAuthenticator
    private var provider: ScriptedProvider { stage.provider }

    init() throws {
        stage = try RemoteKeysHarness()
        old = try TestIssuer(keyID: "old")
        new = try TestIssuer(keyID: "new")
        authenticator = stage.authenticator()
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

    @Test("a token of a new key is accepted at once, by one fetch")
    func unknownKey() async throws {
        await stage.source.renew()
        stage.clock.advance(.seconds(30))
        provider.publish(old, new)
        #expect(await refusal(of: try new.token()) == nil)
        #expect(await refusal(of: try old.token()) == nil)
        #expect(provider.count == 2)
    }

    @Test("ten thousand unknown keys cause one fetch, which all of them wait for, and none within the cool-down")
    func flood() async throws {
        await stage.source.renew()
        stage.clock.advance(.seconds(30))
        let gate = Gate()
        provider.hold(at: gate)
        let tokens = try (0..<10_000).map { try old.token(header: #"{"alg":"ES256","kid":"\#($0)"}"#) }
        let known = try old.token()
        let refusals = await withTaskGroup(of: TokenError.Reason?.self) { group in
            for token in tokens { group.addTask { await refusal(of: token) } }
            await gate.arrivals(1)
            // Whoever has a known key does not wait.
            #expect(await refusal(of: known) == nil)
            gate.open()
            return await group.reduce(into: [TokenError.Reason?: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(refusals == [.keyUnknown: 10_000])
        #expect(provider.count == 2)
        for token in tokens.prefix(100) { #expect(await refusal(of: token) == .keyUnknown) }
        stage.clock.advance(.seconds(29))
        #expect(await refusal(of: tokens[0]) == .keyUnknown)
        #expect(provider.count == 2)
        stage.clock.advance(.seconds(1))
        #expect(await refusal(of: tokens[0]) == .keyUnknown)
        #expect(provider.count == 3)
    }

    @Test("ten thousand unknown issuers cause no request, nor do addresses in headers")
    func strangers() async throws {
        await stage.source.renew()
        stage.clock.advance(.seconds(3600))
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

    @Test("a rotation within the cool-down is found when it ends, without a token's asking again")
    func deferred() async throws {
        await stage.running {
            provider.publish(old, new)
            #expect(await refusal(of: (try? new.token())!) == .keyUnknown)
            #expect(await stage.clock.nextSleep() == .seconds(30))
            await stage.pass(.seconds(30))
            #expect(authenticator.refusal(of: (try? new.token())!) == nil)
            #expect(provider.count == 2)
        }
    }

    @Test("nobody's end of waiting ends the fetch for the others")
    func cancelledWaiter() async throws {
        await stage.source.renew()
        stage.clock.advance(.seconds(30))
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

    @Test("a key that left the set stops working with all it verified, and the others' verdicts stay")
    func retired() async throws {
        provider.publish(old, new)
        await stage.source.renew()
        let tokens = (try old.token(), try new.token())
        #expect(await refusal(of: tokens.0) == nil)
        #expect(await refusal(of: tokens.1) == nil)
        provider.publish(new)
        stage.clock.advance(.seconds(30))
        await stage.source.renew()
        #expect(authenticator.recall(tokens.0, at: TestIssuer.now) == nil)
        #expect(await refusal(of: tokens.0) == .keyUnknown)
        #expect(authenticator.recall(tokens.1, at: TestIssuer.now) != nil)
        #expect(
            stage.reported == [
                "changed for an unknown key: 2 keys, 0 skipped, 0 retired",
                "changed for an unknown key: 1 keys, 0 skipped, 1 retired",
            ])
    }

    @Test("another key under the same kid takes the place of the first, which no longer counts")
    func sameKeyID() async throws {
        await stage.source.renew()
        let impostor = try TestIssuer(keyID: "old")
        let token = try old.token()
        #expect(await refusal(of: token) == nil)
        #expect(await refusal(of: try impostor.token()) == .signatureInvalid)
        provider.publish(impostor)
        stage.clock.advance(.seconds(30))
        await stage.source.renew()
        #expect(authenticator.recall(token, at: TestIssuer.now) == nil)
        #expect(await refusal(of: token) == .signatureInvalid)
        #expect(await refusal(of: try impostor.token()) == nil)
    }

    @Test("a provider without kids may change its key: what the one key did not sign makes the source look")
    func withoutKeyID() async throws {
        let (first, second) = (try TestIssuer(keyID: nil), try TestIssuer(keyID: nil))
        provider.publish(first)
        await stage.source.renew()
        #expect(await refusal(of: try first.token()) == nil)
        provider.publish(second)
        #expect(await refusal(of: try second.token()) == .signatureInvalid)
        stage.clock.advance(.seconds(30))
        #expect(await refusal(of: try second.token()) == nil)
        #expect(await refusal(of: try first.token()) == .signatureInvalid)
        #expect(provider.count == 2)
    }

    @Test("a signature that a named key did not make causes no fetch")
    func badSignature() async throws {
        await stage.source.renew()
        stage.clock.advance(.seconds(30))
        let forged = try TestIssuer(keyID: "old")
        #expect(await refusal(of: try forged.token()) == .signatureInvalid)
        #expect(provider.count == 1)
    }

    @Test("an unknown key is undecided, not refused, while newer keys can't be had")
    func undecided() async throws {
        await stage.source.renew()
        stage.clock.advance(.seconds(30))
        provider.answer(ScriptedProvider.keys, .failure(.connection("refused")))
        #expect(await refusal(of: try new.token()) == .keysUnavailable)
        #expect(await refusal(of: try new.token()) == .keysUnavailable)
        #expect(await refusal(of: try old.token()) == nil)
        #expect(provider.count == 2)
    }

    @Test("a refresh that brings the same keys keeps them, with what they verified")
    func unchanged() async throws {
        await stage.source.renew()
        let token = try old.token()
        #expect(await refusal(of: token) == nil)
        stage.clock.advance(.seconds(30))
        await stage.source.renew()
        #expect(authenticator.recall(token, at: TestIssuer.now) != nil)
        #expect(stage.reported.dropFirst() == ["renewed for an unknown key"])
        #expect(stage.source.status.succeeded == 2)
    }

    @Test("keys are fetched again when the provider's own word for them ends")
    func schedule() async throws {
        provider.publish(old, headers: [("Cache-Control", "public, max-age=900")])
        await stage.running {
            #expect(await stage.clock.nextSleep() == .seconds(900))
            provider.publish(old, new, headers: [("Cache-Control", "public, max-age=60")])
            await stage.pass(.seconds(900))
            #expect(stage.source.current?.keys.count == 2)
            #expect(await stage.clock.nextSleep() == .seconds(300))
            #expect(stage.source.status.age == .zero)
        }
    }
}
