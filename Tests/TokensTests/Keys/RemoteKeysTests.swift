import Outbound
import TestSupport
import Testing
import Tokens
import Vending

/// Fetching, and what becomes of tokens meanwhile.
@Suite struct RemoteKeysTests {
    private let stage: RemoteKeysHarness
    private let issuer: TestIssuer
    private var provider: ScriptedProvider { stage.provider }

    init() throws {
        stage = try RemoteKeysHarness()
        issuer = try TestIssuer()
    }

    @Test("before the keys are there tokens are refused as keys_unavailable, and accepted afterwards")
    func readiness() async throws {
        let authenticator = stage.authenticator()
        #expect(authenticator.issuersWithoutKeys == [Issuer(TestIssuer.name)])
        #expect(authenticator.refusal(of: try issuer.token()) == .keysUnavailable)
        await stage.running {
            #expect(authenticator.refusal(of: (try? issuer.token())!) == .keysUnavailable)
            provider.publish(issuer)
            await stage.pass(.seconds(1))
            #expect(authenticator.isReady)
            #expect(authenticator.refusal(of: (try? issuer.token())!) == nil)
        }
        #expect(provider.count == 2)
    }

    @Test("a request has its time and size limits")
    func request() async throws {
        provider.publish(issuer)
        await stage.source.renew()
        let asked = try #require(provider.asked.first)
        #expect(asked.request.method == .get)
        #expect(asked.request.url == ScriptedProvider.keys)
        #expect(asked.timeout == .seconds(5))
        #expect(asked.bodyLimit == 524_288)
    }

    @Test("every kind of bad answer is reported, waited after and tried again until there are keys")
    func failures() async throws {
        let good = #"{"keys":[\#(issuer.jwk())]}"#
        func answer(_ body: String, status: Int = 200, type: String? = "application/json") -> ScriptedProvider.Answer {
            .success(
                .init(status: status, headers: type.map { [("content-type", $0)] } ?? [], body: Array(body.utf8)))
        }
        let bad: [(ScriptedProvider.Answer, String)] = [
            (.failure(.connection("refused")), "refused"), (.failure(.timedOut), "no answer in time"),
            (.failure(.tooLarge(limit: 524_288)), "over 524288 bytes"),
            (answer(good, status: 302), "status 302"), (answer(good, status: 500), "status 500"),
            (answer(good, status: 204), "status 204"), (answer(good, type: "text/html"), "content type \"text/html\""),
            (answer(good, type: nil), "content type missing"), (answer("<html>"), "not a JSON object"),
            (answer(String(good.dropLast())), "not a JSON object"), (answer("[]"), "not a JSON object"),
            (answer(#"{"keys":[]}"#), "no key in it"), (answer(#"{"keys":[{"kty":"oct"}]}"#), "no usable key"),
            (answer(#"{"keys":[\#(issuer.jwk()),\#(issuer.jwk())]}"#), "two signing keys"),
        ]
        provider.answer(ScriptedProvider.keys, bad[0].0)
        let waits: [Duration] = [1, 2, 4, 8, 16].map { .seconds($0) } + Array(repeating: .seconds(30), count: 9)
        await stage.running {
            for (index, wait) in waits.enumerated() {
                #expect(await stage.clock.nextSleep() == wait)
                provider.answer(
                    ScriptedProvider.keys, index + 1 < bad.count ? bad[index + 1].0 : ScriptedProvider.json(good))
                await stage.pass(wait)
            }
        }
        #expect(stage.source.current?.keys.count == 1)
        let reported = stage.reported
        try #require(reported.count == bad.count + 1)
        for (words, (_, expected)) in zip(reported, bad) { #expect(words.contains(expected)) }
        #expect(reported.last == "changed: 1 keys, 0 skipped, 0 retired")
        let status = stage.source.status
        #expect((status.succeeded, status.failed) == (1, bad.count))
        #expect(!status.failing)
    }

    @Test("bad answers later leave the keys as they are, waits grow to five minutes, and the age is told")
    func keepsOld() async throws {
        provider.publish(issuer)
        let authenticator = stage.authenticator()
        await stage.running {
            #expect(await stage.clock.nextSleep() == .seconds(3600))
            provider.publish("[]")
            await stage.pass(.seconds(3600))
            for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
                #expect(await stage.clock.nextSleep() == .seconds(wait))
                await stage.pass(.seconds(wait))
            }
        }
        #expect(authenticator.refusal(of: try issuer.token()) == nil)
        #expect(stage.source.status.failing)
        #expect(stage.reported.dropFirst().first?.hasSuffix("keys 3600.0 seconds old") == true)
        provider.publish(issuer)
        stage.clock.advance(.seconds(30))
        await stage.source.renew()
        #expect(stage.reported.last == "renewed for an unknown key, recovered")
        #expect(!stage.source.status.failing)
    }

    @Test("keys nobody has been able to renew for the longest time allowed are dropped, verdicts too, and come back")
    func staleness() async throws {
        let stage = try RemoteKeysHarness(staleness: .seconds(4000))
        stage.provider.publish(issuer)
        let authenticator = stage.authenticator()
        let token = try issuer.token()
        await stage.running {
            #expect((try? await authenticator.verify(token, at: TestIssuer.now)) != nil)
            stage.provider.answer(ScriptedProvider.keys, .failure(.connection("refused")))
            var left = Duration.seconds(3999)
            while left > .zero {
                let wait = min(await stage.clock.nextSleep(), left)
                left -= wait
                await stage.pass(wait)
            }
            #expect(authenticator.recall(token, at: TestIssuer.now) != nil)
            await stage.pass(.seconds(1))
            #expect(stage.source.current == nil)
            #expect(authenticator.recall(token, at: TestIssuer.now) == nil)
            #expect(!authenticator.isReady)
            #expect(authenticator.refusal(of: token) == .keysUnavailable)
            #expect(stage.reported.last == "stale: 4000.0 seconds")
            stage.provider.publish(issuer)
            #expect(await stage.clock.nextSleep() <= .seconds(30))
            await stage.pass(.seconds(30))
            #expect(authenticator.refusal(of: token) == nil)
        }
    }

    @Test("the end of the service ends a wait, and a fetch under way")
    func cancelled() async throws {
        let running = Task { await stage.source.run() }
        _ = await stage.clock.nextSleep()
        running.cancel()
        await running.value
        let gate = Gate()
        provider.hold(at: gate)
        let again = Task { await stage.source.run() }
        stage.clock.advance(.seconds(1))
        await gate.arrivals(1)
        again.cancel()
        gate.open()
        await again.value
        #expect(stage.source.current == nil)
        #expect(stage.reported.count == 1)
    }
}
