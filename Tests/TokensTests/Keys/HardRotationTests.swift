// SPDX-License-Identifier: Apache-2.0

import Outbound
import TestSupport
import Testing
import Tokens
import Vending

/// A provider that replaces its key at once, and whose servers do not all have the new set yet. With the usual burst.
@Suite struct HardRotationTests {
    private let harness: RemoteKeysHarness
    private let old: TestIssuer
    private let new: TestIssuer
    private let authenticator: TokenAuthenticator
    private var provider: ScriptedProvider { harness.provider }

    init() async throws {
        harness = try RemoteKeysHarness(coolDown: .seconds(5), burst: 5)
        old = try TestIssuer(keyID: "old")
        new = try TestIssuer(keyID: "new")
        authenticator = harness.authenticator()
        provider.publish(old)
        await harness.source.renew()
    }

    private func error(of token: BearerToken) async -> TokenError? {
        do throws(TokenError) {
            _ = try await authenticator.verify(token, at: TestIssuer.now)
            return nil
        } catch {
            return error
        }
    }

    private func stranger(_ kid: String) throws -> BearerToken {
        try old.token(header: #"{"alg":"ES256","kid":"\#(kid)"}"#)
    }

    @Test(
        "a token of the new key is pending while servers still publish the old set, and accepted from the next fetch on"
    )
    func staleServer() async throws {
        let token = try new.token()
        let pending = await error(of: token)
        #expect(pending?.reason == .keyPending)
        #expect(pending?.retryAfter == 3)
        provider.publish(new)
        #expect(await error(of: token)?.reason == .keyPending, "no second fetch within a second for the same key")
        #expect(provider.count == 2)
        harness.clock.advance(.seconds(1))
        #expect(await error(of: token) == nil)
        #expect(provider.count == 3)
    }

    @Test("no token of either key is rejected as unknown while the servers answer with old and new sets in turn")
    func inTurn() async throws {
        var reasons: [TokenError.Reason?] = []
        for step in 0..<20 {
            if step.isMultiple(of: 2) { provider.publish(new) } else { provider.publish(old) }
            reasons.append(await error(of: try new.token())?.reason)
            reasons.append(await error(of: try old.token())?.reason)
            harness.clock.advance(.milliseconds(50))
        }
        #expect(Set(reasons).isSubset(of: [nil, .keyPending]))
        #expect(provider.count <= 1 + 5)
        provider.publish(new)
        harness.clock.advance(.seconds(5))
        #expect(await error(of: try new.token()) == nil)
    }

    @Test(
        "a withdrawn key is rejected once two fetches missed it, and its pollers then cause one fetch in thirty seconds"
    )
    func withdrawn() async throws {
        provider.publish(new)
        let token = try old.token()
        #expect(await error(of: try new.token()) == nil)
        var reasons: [TokenError.Reason?] = []
        for _ in 0..<60 {
            reasons.append(await error(of: token)?.reason)
            harness.clock.advance(.seconds(1))
        }
        #expect(reasons.first == .keyPending)
        #expect(reasons.suffix(50) == Array(repeating: .keyUnknown, count: 50)[...])
        #expect(reasons.prefix(10).allSatisfy { $0 == .keyPending || $0 == .keyUnknown })
        let fetches = provider.count
        #expect(fetches <= 2 + 4 + 2)
        #expect(throws: TokenError.self, "a known absence needs no fetch") {
            try authenticator.verifyAtOnce(token, at: TestIssuer.now)
        }
    }

    @Test("while a stranger's random kids use up the burst, a new key is pending and found within a cool-down")
    func randomKids() async throws {
        await harness.running {
            for number in 0..<1_000 { _ = await error(of: (try? stranger("random-\(number)"))!) }
            let exhausted = provider.count
            #expect(exhausted <= 2 + 5)
            provider.publish(new)
            let pending = await error(of: (try? new.token())!)
            #expect(pending?.reason == .keyPending)
            #expect((1...5).contains(pending?.retryAfter ?? 0))
            #expect(provider.count == exhausted)
            #expect(await harness.clock.nextSleep() <= .seconds(5))
            await harness.advance(.seconds(5))
            #expect(authenticator.refusal(of: (try? new.token())!) == nil)
            #expect(provider.count == exhausted + 1)
        }
    }

    @Test("a token that finds a fetch in flight that began earlier waits for another one")
    func earlierFetch() async throws {
        let gate = Gate()
        provider.hold(at: gate)
        let early = try stranger("early")
        let first = Task { await error(of: early)?.reason }
        await gate.arrivals(1)
        harness.clock.advance(.milliseconds(10))
        let token = try new.token()
        let second = Task { await error(of: token)?.reason }
        // The response of the fetch in flight has the old set only if it is taken before the rotation.
        gate.open()
        #expect(await first.value == .keyPending)
        provider.publish(new)
        let reason = await second.value
        #expect(reason == nil || reason == .keyPending)
        harness.clock.advance(.seconds(1))
        #expect(await error(of: token) == nil)
    }

    @Test("an absence is not trusted while the provider cannot be reached")
    func failing() async throws {
        let token = try stranger("nobodys")
        _ = await error(of: token)
        harness.clock.advance(.seconds(3))
        #expect(await error(of: token)?.reason == .keyUnknown)
        provider.answer(ScriptedProvider.keys, .failure(.connection("refused")))
        harness.clock.advance(.seconds(30))
        #expect(await error(of: token)?.reason == .keysUnavailable)
        #expect(await error(of: token)?.reason == .keysUnavailable)
    }
}
