// SPDX-License-Identifier: Apache-2.0

import Outbound
import TestSupport
import Testing
import Tokens
import Vending

/// Fetching of keys, and its effect on the verification of tokens.
@Suite struct RemoteKeysTests {
    private let harness: RemoteKeysHarness
    private let issuer: TestIssuer
    private var provider: ScriptedProvider { harness.provider }

    init() throws {
        harness = try RemoteKeysHarness()
        issuer = try TestIssuer()
    }

    @Test("rejects tokens as keys_unavailable until the keys are fetched, and accepts them afterwards")
    func readiness() async throws {
        let authenticator = harness.authenticator()
        #expect(authenticator.issuersWithoutKeys == [Issuer(TestIssuer.name)])
        #expect(authenticator.refusal(of: try issuer.token()) == .keysUnavailable)
        await harness.running {
            #expect(authenticator.refusal(of: (try? issuer.token())!) == .keysUnavailable)
            provider.publish(issuer)
            await harness.advance(.seconds(1))
            #expect(authenticator.isReady)
            #expect(authenticator.refusal(of: (try? issuer.token())!) == nil)
        }
        #expect(provider.count == 2)
    }

    @Test("sends the request for keys with a time-out and a size limit")
    func request() async throws {
        provider.publish(issuer)
        await harness.source.renew()
        let sent = try #require(provider.requests.first)
        #expect(sent.request.method == .get)
        #expect(sent.request.url == ScriptedProvider.keys)
        #expect(sent.timeout == .seconds(5))
        #expect(sent.bodyLimit == 524_288)
    }

    @Test("reports every kind of invalid response and retries with backoff until there are keys")
    func failures() async throws {
        let good = #"{"keys":[\#(issuer.jwk())]}"#
        func answer(_ body: String, status: Int = 200, type: String? = "application/json") -> ScriptedProvider.Answer {
            .success(
                .init(status: status, headers: type.map { [("content-type", $0)] } ?? [], body: Array(body.utf8)))
        }
        let bad: [(ScriptedProvider.Answer, String)] = [
            (.failure(.connection("refused")), "refused"), (.failure(.timedOut), "no response in time"),
            (.failure(.noConnection), "all connections to the host are in use"),
            (.failure(.tooLarge(limit: 524_288)), "more than 524288 bytes"),
            (answer(good, status: 302), "status 302"), (answer(good, status: 500), "status 500"),
            (answer(good, status: 204), "status 204"), (answer(good, type: "text/html"), "content type \"text/html\""),
            (answer(good, type: nil), "content type missing"), (answer("<html>"), "not a JSON object"),
            (answer(String(good.dropLast())), "not a JSON object"), (answer("[]"), "not a JSON object"),
            (answer(#"{"keys":[]}"#), "no keys"), (answer(#"{"keys":[{"kty":"oct"}]}"#), "no usable key"),
            (answer(#"{"keys":[\#(issuer.jwk()),\#(issuer.jwk())]}"#), "two signing keys"),
        ]
        provider.answer(ScriptedProvider.keys, bad[0].0)
        let waits: [Duration] = [1, 2, 4, 8, 16].map { .seconds($0) } + Array(repeating: .seconds(30), count: 10)
        await harness.running {
            for (index, wait) in waits.enumerated() {
                #expect(await harness.clock.nextSleep() == wait)
                provider.answer(
                    ScriptedProvider.keys, index + 1 < bad.count ? bad[index + 1].0 : ScriptedProvider.json(good))
                await harness.advance(wait)
            }
        }
        #expect(harness.source.current?.keys.count == 1)
        let reported = harness.reported
        try #require(reported.count == bad.count + 1)
        for (description, (_, expected)) in zip(reported, bad) { #expect(description.contains(expected)) }
        #expect(reported.last == "changed: 1 keys, 0 skipped, 0 retired")
        let status = harness.source.status
        #expect((status.succeeded, status.failed) == (1, bad.count))
        #expect(!status.failing)
    }

    @Test("invalid responses keep the old keys, waits grow to five minutes, and the age is reported")
    func keepsOld() async throws {
        provider.publish(issuer)
        let authenticator = harness.authenticator()
        await harness.running {
            #expect(await harness.clock.nextSleep() == .seconds(3600))
            provider.publish("[]")
            await harness.advance(.seconds(3600))
            for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
                #expect(await harness.clock.nextSleep() == .seconds(wait))
                await harness.advance(.seconds(wait))
            }
        }
        #expect(authenticator.refusal(of: try issuer.token()) == nil)
        #expect(harness.source.status.failing)
        #expect(harness.reported.dropFirst().first?.hasSuffix("keys 3600.0 seconds old") == true)
        provider.publish(issuer)
        harness.clock.advance(.seconds(30))
        await harness.source.renew()
        #expect(harness.reported.last == "renewed for an unknown key, recovered")
        #expect(!harness.source.status.failing)
    }

    @Test("drops keys and their verdicts at the maximum staleness, and fetches keys again later")
    func staleness() async throws {
        let harness = try RemoteKeysHarness(staleness: .seconds(4000))
        harness.provider.publish(issuer)
        let authenticator = harness.authenticator()
        let token = try issuer.token()
        await harness.running {
            #expect((try? await authenticator.verify(token, at: TestIssuer.now)) != nil)
            harness.provider.answer(ScriptedProvider.keys, .failure(.connection("refused")))
            var left = Duration.seconds(3999)
            while left > .zero {
                let wait = min(await harness.clock.nextSleep(), left)
                left -= wait
                await harness.advance(wait)
            }
            #expect(authenticator.recall(token, at: TestIssuer.now) != nil)
            await harness.advance(.seconds(1))
            #expect(harness.source.current == nil)
            #expect(authenticator.recall(token, at: TestIssuer.now) == nil)
            #expect(!authenticator.isReady)
            #expect(authenticator.refusal(of: token) == .keysUnavailable)
            #expect(harness.reported.last == "stale: 4000.0 seconds")
            harness.provider.publish(issuer)
            #expect(await harness.clock.nextSleep() <= .seconds(30))
            await harness.advance(.seconds(30))
            #expect(authenticator.refusal(of: token) == nil)
        }
    }

    @Test("cancellation of the service ends a wait and a fetch in flight")
    func cancelled() async throws {
        let running = Task { await harness.source.run() }
        _ = await harness.clock.nextSleep()
        running.cancel()
        await running.value
        let gate = Gate()
        provider.hold(at: gate)
        let again = Task { await harness.source.run() }
        harness.clock.advance(.seconds(1))
        await gate.arrivals(1)
        again.cancel()
        gate.open()
        await again.value
        #expect(harness.source.current == nil)
        #expect(harness.reported.count == 1)
    }
}
