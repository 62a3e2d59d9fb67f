// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Outbound
import Testing
import Vending

@testable import AWS

/// A stub of the provider chain: returns what the test sets, counts loads, and waits at a gate if there is one.
private final class Loader: Sendable {
    typealias Loaded = (credentials: SigningCredentials, source: String)

    let time = ManualTime(Fixture.now)
    let clock = TestSupport.ManualClock()
    private let state: Mutex<(next: Result<Loaded, BrokerCredentialError>, count: Int, gate: Gate?, events: [String])>

    init(_ next: Result<Loaded, BrokerCredentialError> = .failure(BrokerCredentialError("nothing yet"))) {
        state = Mutex((next, 0, nil, []))
    }

    var count: Int { state.withLock { $0.count } }
    var events: [String] { state.withLock { $0.events } }

    func succeed(_ key: String, for seconds: Double? = nil, source: String = "test") {
        let end = seconds.map { time.now.addingTimeInterval($0) }
        let credentials = SigningCredentials(accessKeyID: key, secretAccessKey: "s", sessionToken: "t", expiration: end)
        state.withLock { $0.next = .success((credentials, source)) }
    }

    func fail(_ detail: String) { state.withLock { $0.next = .failure(BrokerCredentialError(detail)) } }

    func hold(_ gate: Gate?) { state.withLock { $0.gate = gate } }

    func cache(patience: Duration = .seconds(8)) -> CachedBrokerCredentials {
        CachedBrokerCredentials(
            patience: patience, now: { self.time.now }, sleep: { try await self.clock.sleep($0) },
            report: { event in
                let text =
                    switch event {
                    case .source(let name): "source \(name)"
                    case .renewalFailed(let problem): "failed \(problem)"
                    }
                self.state.withLock { $0.events.append(text) }
            },
            load: { () throws(BrokerCredentialError) in
                let (gate, next) = self.state.withLock { state in
                    state.count += 1
                    return (state.gate, state.next)
                }
                await gate?.pass()
                return try next.get()
            })
    }
}

extension CachedBrokerCredentials {
    fileprivate var key: String {
        get async {
            do throws(ExchangeError) {
                return try await credentials().accessKeyID
            } catch {
                return error.detail
            }
        }
    }

    /// Polls until the key is returned: the end of a renewal in the background is not observable otherwise.
    fileprivate func turns(into key: String) async -> Bool {
        for _ in 0..<100_000 {
            if await self.key == key { return true }
            await Task.yield()
        }
        return false
    }
}

@Suite struct CachedBrokerCredentialsTests {
    @Test("a hundred concurrent callers share one load")
    func single() async throws {
        let (loader, gate) = (Loader(), Gate())
        loader.succeed("A", for: 3_600)
        loader.hold(gate)
        let cache = loader.cache()
        let keys = await withTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { await cache.key } }
            await gate.arrivals(1)
            gate.open()
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(keys == ["A"])
        #expect(loader.count == 1)
        #expect(loader.events == ["source test"])
    }

    @Test("a cancelled caller does not cancel the load for others")
    func cancellation() async throws {
        let (loader, gate) = (Loader(), Gate())
        loader.succeed("A", for: 3_600)
        loader.hold(gate)
        let cache = loader.cache()
        let first = Task { await cache.key }
        await gate.arrivals(1)
        let second = Task { await cache.key }
        first.cancel()
        #expect(await first.value.contains("cancelled"))
        gate.open()
        #expect(await second.value == "A")
        #expect(loader.count == 1)
    }

    @Test("a caller times out, and the load continues for others")
    func patience() async throws {
        let (loader, gate) = (Loader(), Gate())
        loader.succeed("A", for: 3_600)
        loader.hold(gate)
        let cache = loader.cache(patience: .seconds(3))
        let caller = Task { await cache.key }
        await gate.arrivals(1)
        #expect(await loader.clock.nextSleep() == .seconds(3))
        loader.clock.advance(.seconds(3))
        #expect(await caller.value.contains("not loaded within 3"))
        gate.open()
        #expect(await cache.turns(into: "A"))
        #expect(loader.count == 1)
    }

    @Test("loads credentials without an expiration once")
    func endless() async throws {
        let loader = Loader()
        loader.succeed("A")
        let cache = loader.cache()
        for _ in 0..<3 {
            #expect(await cache.key == "A")
            loader.time.advance(10 * 365 * 86_400)
        }
        #expect(loader.count == 1)
    }

    @Test(
        "renews in the background from 15 minutes before the end, or in the last quarter of the lifetime",
        arguments: [(3_600.0, 2_700.0), (43_200, 42_300), (900, 675), (60, 45)])
    func background(lifetime: Double, from: Double) async throws {
        let loader = Loader()
        loader.succeed("A", for: lifetime)
        let cache = loader.cache()
        #expect(await cache.key == "A")
        loader.time.advance(from - 0.5)
        loader.succeed("B", for: lifetime)
        #expect(await cache.key == "A")
        #expect(loader.count == 1)
        let gate = Gate()
        loader.hold(gate)
        loader.time.advance(0.5)
        // Callers get the old credentials at once while one load is in flight.
        for _ in 0..<10 { #expect(await cache.key == "A") }
        await gate.arrivals(1)
        gate.open()
        #expect(await cache.turns(into: "B"))
        #expect(loader.count == 2)
    }

    @Test("from 10 minutes before the end, callers wait for the renewal")
    func foreground() async throws {
        let loader = Loader()
        loader.succeed("A", for: 3_600)
        let cache = loader.cache()
        #expect(await cache.key == "A")
        loader.time.advance(3_000)
        loader.succeed("B", for: 3_600)
        #expect(await cache.key == "B")
        #expect(loader.count == 2)
    }

    @Test("returns the old credentials through failed renewals until they expire, and retries after a pause")
    func failure() async throws {
        let loader = Loader()
        loader.succeed("A", for: 3_600)
        let cache = loader.cache()
        #expect(await cache.key == "A")
        loader.fail("STS is away")
        loader.time.advance(3_000)
        for _ in 0..<5 { #expect(await cache.key == "A") }
        #expect(loader.count == 2)
        #expect(loader.events == ["source test", "failed STS is away"])
        loader.time.advance(15)
        #expect(await cache.key == "A")
        #expect(loader.count == 3)
        loader.time.advance(585)
        #expect(await cache.key == "the broker's AWS credentials: STS is away")
        loader.succeed("B", for: 3_600, source: "another")
        loader.time.advance(1)
        #expect(await cache.key == "B")
        #expect(loader.events.last == "source another")
    }

    @Test("caches a failed load for a second, but not if the clock was set back")
    func failureAtFirst() async throws {
        let loader = Loader()
        let cache = loader.cache()
        for _ in 0..<5 { #expect(await cache.key == "the broker's AWS credentials: nothing yet") }
        #expect(loader.count == 1)
        loader.time.advance(1)
        #expect(await cache.key == "the broker's AWS credentials: nothing yet")
        #expect(loader.count == 2)
        loader.succeed("A")
        loader.time.advance(-3_600)
        #expect(await cache.key == "A")
    }

    @Test("replaces credentials that AWS rejects at once, even after a failed renewal")
    func invalidationAfterFailure() async throws {
        let loader = Loader()
        loader.succeed("A", for: 3_600)
        let cache = loader.cache()
        let old = try await cache.credentials()
        loader.fail("STS is away")
        loader.time.advance(3_000)
        #expect(await cache.key == "A")
        loader.succeed("B", for: 3_600)
        #expect(cache.invalidate(old))
        #expect(await cache.key == "B")
    }

    @Test("treats a load of expired credentials as a failure")
    func expired() async throws {
        let loader = Loader()
        loader.succeed("A", for: 0)
        #expect(await loader.cache().key.contains("test: the credentials were already expired when they were loaded"))
    }

    @Test("drops the credentials that AWS rejects and no others")
    func invalidation() async throws {
        let loader = Loader()
        loader.succeed("A")
        let cache = loader.cache()
        let old = try await cache.credentials()
        #expect(cache.invalidate(old))
        loader.succeed("B")
        #expect(await cache.key == "B")
        // A late rejection of credentials that are already replaced.
        #expect(cache.invalidate(old))
        #expect(await cache.key == "B")
        #expect(loader.count == 2)
    }

    @Test(
        "the retry after STS rejects the signing key signs with new credentials",
        arguments: ["ExpiredToken", "InvalidClientTokenId"])
    func freshSigner(code: String) async throws {
        let loader = Loader()
        loader.succeed("OLD", for: 3_600)
        let cache = loader.cache()
        #expect(await cache.key == "OLD")
        loader.succeed("NEW", for: 3_600)
        let fixture = try Fixture([Fixture.error(403, code), Fixture.success("AssumeRole")])
        _ = try await fixture.assumeRole(signedBy: cache).get()
        let signers = fixture.transport.requests.map { request in
            request.headers.first { $0.name == "Authorization" }?.value.contains("Credential=NEW/")
        }
        #expect(signers == [false, true])
        let hopeless = try Fixture([Fixture.error(403, code)])
        #expect(await hopeless.assumeRole(signedBy: cache).failure?.kind == .refused)
        #expect(hopeless.transport.requests.count == 2)
    }
}
