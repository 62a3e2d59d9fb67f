import Foundation
import TestSupport
import Testing

@testable import Vending

@Suite struct BrokerTests {
    private let time = ManualTime()
    private let exchange: FakeExchange
    private let meter = CountingMeter()
    private let broker: Broker

    init() {
        exchange = FakeExchange(time)
        let issuers: Set = [Issuer("https://one"), Issuer("https://two")]
        let apps = ["shop", "blog"].map { name in
            App(
                name: AppName(name)!, origins: [],
                signedIn: App.SignedIn(grant: .test(app: name, monitor: "\(name)-users"), issuers: issuers),
                guest: .test(app: name, audience: .guest, monitor: "\(name)-guests"))
        }
        let closed = App(
            name: AppName("closed")!, origins: [],
            signedIn: App.SignedIn(grant: .test(app: "closed"), issuers: [Issuer("https://one")]), guest: nil)
        let time = time
        let gold = App(
            name: AppName("gold")!, origins: [],
            signedIn: App.SignedIn(
                grant: .test(app: "gold"), issuers: issuers,
                requirements: [ClaimRequirement(ClaimPath(["plan"])!, .equals(.string("gold")))]), guest: nil)
        broker = Broker(
            apps: apps + [closed, gold], verifier: FakeVerifier(time), exchange: exchange,
            cache: CredentialCache(limits: CacheLimits(), now: { time.now }), meter: meter,
            encode: { credentials, monitor in Array("\(credentials.secretAccessKey) to \(monitor.name)".utf8) },
            now: { time.now })
    }

    private func ask(_ app: String, _ token: String?) -> CredentialsAsk {
        CredentialsAsk(app: AppName(app)!, audience: .signedIn(token.map(BearerToken.init)))
    }

    private func vend(_ app: String, _ token: String?) async throws -> String {
        String(decoding: try await broker.vend(ask(app, token)).vended.answer, as: UTF8.self)
    }

    @Test("two users never share, nor one user of two apps, nor one name of two issuers")
    func separation() async throws {
        var answers: Set<String> = []
        for app in ["shop", "blog"] {
            for token in ["https://one|alice", "https://one|bob", "https://two|alice"] {
                answers.insert(try await vend(app, token))
            }
        }
        #expect(answers.count == 6)
        #expect(exchange.calls == 6)
    }

    @Test("subjects that only look alike are two users")
    func lookalikes() async throws {
        let composed = try await vend("shop", "https://one|\u{E9}")
        let decomposed = try await vend("shop", "https://one|e\u{301}")
        #expect(!composed.utf8.elementsEqual(decomposed.utf8))
        #expect(exchange.calls == 2)
    }

    @Test("a second request is answered without suspension and without an exchange")
    func warm() async throws {
        #expect(broker.recall(ask("shop", "https://one|alice")) == nil)
        let first = try await vend("shop", "https://one|alice")
        let second = broker.recall(ask("shop", "https://one|alice")).map { String(decoding: $0.answer, as: UTF8.self) }
        #expect(second == first)
        #expect(exchange.calls == 1)
    }

    @Test("credentials that are here are not given for a token that is no longer good")
    func authenticatesEachTime() async throws {
        _ = try await vend("shop", "https://one|alice")
        time.advance(601)
        #expect(broker.recall(ask("shop", "https://one|alice")) == nil)
    }

    @Test("all guests of an app share one session, on the guests' monitor")
    func guests() async throws {
        let guest = CredentialsAsk(app: AppName("shop")!, audience: .guest)
        let first = try await broker.vend(guest)
        #expect(try await broker.vend(guest).hit)
        #expect(String(decoding: first.vended.answer, as: UTF8.self) == "secret of guests in shop to shop-guests")
        #expect(exchange.calls == 1)
    }

    @Test("a bad token is refused and never becomes a guest")
    func noFallback() async throws {
        await #expect { try await vend("shop", "garbage") } throws: { error in
            if case VendingError.tokenRefused(let refusal) = error { refusal.reason == .notCompactForm } else { false }
        }
        await #expect { try await vend("shop", nil) } throws: { error in
            if case VendingError.tokenMissing = error { true } else { false }
        }
        #expect(exchange.calls == 0)
    }

    @Test("each token that is verified or refused is counted once, a known one not again")
    func metered() async throws {
        _ = try await vend("shop", "https://one|alice")
        _ = try await vend("blog", "https://one|alice")
        _ = try? await vend("closed", "https://two|alice")
        _ = try? await vend("shop", "garbage")
        _ = try? await vend("shop", nil)
        #expect(meter.verified == 2)
        #expect(meter.refused == [.notCompactForm])
    }

    @Test("a verified user of an issuer that is not the app's may not")
    func notAuthorized() async throws {
        await #expect { try await vend("closed", "https://two|alice") } throws: { error in
            if case VendingError.notAuthorized = error { true } else { false }
        }
        #expect(exchange.calls == 0)
    }

    @Test("an app's required claims are asked for at each request, with credentials of the same user at hand or not")
    func requiredClaims() async throws {
        let (good, bad) = ("https://one|alice|gold", "https://one|alice|iron")
        func isRefused(_ token: String) async -> Bool {
            do throws(VendingError) {
                _ = try await broker.vend(ask("gold", token))
                return false
            } catch {
                if case .notAuthorized(let detail) = error {
                    return !detail.contains("iron") && detail.contains("plan")
                }
                return false
            }
        }
        #expect(await isRefused(bad))
        let first = try await vend("gold", good)
        #expect(await isRefused(bad))
        #expect(await isRefused("https://one|alice"))
        #expect(broker.recall(ask("gold", bad)) == nil)
        #expect(broker.recall(ask("gold", good)) != nil)
        #expect(try await vend("gold", good) == first)
        #expect(exchange.calls == 1)
    }

    @Test("an unknown app and an audience without a grant are told apart")
    func unknown() async throws {
        await #expect { try await vend("nowhere", "https://one|alice") } throws: { error in
            if case VendingError.appUnknown = error { true } else { false }
        }
        await #expect {
            _ = try await broker.vend(CredentialsAsk(app: AppName("closed")!, audience: .guest))
        } throws: { error in
            if case VendingError.audienceNotServed = error { true } else { false }
        }
    }

    @Test("what an exchange says is passed on")
    func failure() async throws {
        exchange.failNext(ExchangeFailure(.throttled, "Throttling", retryAfter: 7))
        await #expect { try await vend("shop", "https://one|alice") } throws: { error in
            if case VendingError.exchangeFailed(let failure) = error {
                failure.kind == .throttled && failure.retryAfter == 7
            } else {
                false
            }
        }
        _ = try await vend("shop", "https://one|alice")
    }
}
