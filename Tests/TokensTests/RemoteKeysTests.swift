import Outbound
import Synchronization
import Testing
import Tokens
import Vending

struct RemoteKeysTests {
    /// Answers in turn, the last answer for ever, and keeps what it was asked.
    private final class ScriptedTransport: OutboundTransport {
        typealias Answer = Result<OutboundResponse, OutboundFailure>

        let asked = Mutex<[(request: OutboundRequest, timeout: Duration, bodyLimit: Int)]>([])
        private let answers: Mutex<[Answer]>

        init(_ answers: Answer...) {
            self.answers = Mutex(answers)
        }

        func send(
            _ request: OutboundRequest, timeout: Duration, bodyLimit: Int
        ) async throws(OutboundFailure) -> OutboundResponse {
            asked.withLock { $0.append((request, timeout, bodyLimit)) }
            return try answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
        }
    }

    /// Time passes when somebody waits for it.
    private final class ScriptedClock: Clock {
        let waits = Mutex<[Duration]>([])
        let now = ContinuousClock.now
        let minimumResolution = Duration.zero
        private let passes: @Sendable () async throws -> Void

        init(passes: @escaping @Sendable () async throws -> Void = {}) {
            self.passes = passes
        }

        func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
            waits.withLock { $0.append(now.duration(to: deadline)) }
            try await passes()
        }
    }

    private static func answer(
        _ body: [UInt8], status: Int = 200, type: String? = "application/json"
    ) -> ScriptedTransport.Answer {
        .success(
            OutboundResponse(status: status, headers: type.map { [("Content-Type", $0)] } ?? [], body: body))
    }

    private static func document(_ issuer: TestIssuer) -> [UInt8] {
        Array(#"{"keys":[\#(issuer.jwk()),{"kty":"oct"}]}"#.utf8)
    }

    private static func keys(
        _ transport: ScriptedTransport, clock: ScriptedClock = ScriptedClock(),
        report: @escaping @Sendable (RemoteKeys.Event) -> Void = { _ in }
    ) throws -> RemoteKeys {
        RemoteKeys(
            url: try KeySetURL("https://login.example.com/jwks.json"), transport: transport, clock: clock,
            report: report)
    }

    private static func authenticator(_ source: RemoteKeys) -> TokenAuthenticator {
        TokenAuthenticator(issuers: [
            IssuerRules(issuer: Issuer(TestIssuer.name), audiences: ["shop"], keys: source)
        ])
    }

    @Test("before the keys are there tokens are refused as keys_unavailable, and accepted afterwards")
    func readiness() async throws {
        let issuer = try TestIssuer()
        let transport = ScriptedTransport(Self.answer(Self.document(issuer)))
        let authenticator = Self.authenticator(try Self.keys(transport))
        #expect(!authenticator.isReady)
        #expect(authenticator.issuersWithoutKeys == [Issuer(TestIssuer.name)])
        #expect(authenticator.refusal(of: try issuer.token()) == .keysUnavailable)
        await authenticator.run()
        #expect(authenticator.isReady)
        #expect(authenticator.refusal(of: try issuer.token()) == nil)
        #expect(transport.asked.withLock { $0.count } == 1)
    }

    @Test("no token causes a request: not an unknown issuer's, not an unknown kid's, not a header's jku")
    func noRequests() async throws {
        let issuer = try TestIssuer()
        let transport = ScriptedTransport(Self.answer(Self.document(issuer)))
        let authenticator = Self.authenticator(try Self.keys(transport))
        await authenticator.run()
        let tokens = [
            try issuer.token(["iss": #""https://evil.example/""#]),
            try issuer.token(header: #"{"alg":"ES256","kid":"other"}"#),
            try issuer.token(header: #"{"alg":"ES256","kid":"k1","jku":"https://evil.example/"}"#),
        ]
        for token in tokens { _ = try? await authenticator.verify(token, at: TestIssuer.now) }
        #expect(transport.asked.withLock { $0.count } == 1)
    }

    @Test("the request has its time and size limits")
    func request() async throws {
        let transport = ScriptedTransport(Self.answer(Self.document(try TestIssuer())))
        await (try Self.keys(transport)).run()
        let asked = try #require(transport.asked.withLock { $0.first })
        #expect(asked.request.method == .get)
        #expect(asked.request.url == "https://login.example.com/jwks.json")
        #expect(asked.timeout == .seconds(5))
        #expect(asked.bodyLimit == 524_288)
    }

    @Test("every kind of failure is reported, waited after and tried again until there are keys")
    func retries() async throws {
        let issuer = try TestIssuer()
        let document = Self.document(issuer)
        let transport = ScriptedTransport(
            .failure(.connection("refused")), .failure(.timedOut), .failure(.tooLarge(limit: 524_288)),
            Self.answer(document, status: 302), Self.answer(document, status: 500), Self.answer(document, status: 204),
            Self.answer(document, type: "text/html"), Self.answer(document, type: nil),
            Self.answer(Array("<html>".utf8)), Self.answer(Array(#"{"keys":[]}"#.utf8)),
            Self.answer(document, type: "application/jwk-set+json; charset=utf-8"))
        let clock = ScriptedClock()
        let events = Mutex<[String]>([])
        let source = try Self.keys(transport, clock: clock) { event in
            events.withLock {
                switch event {
                case .failed(_, let problem, let wait): $0.append("\(problem), again in \(wait)")
                case .fetched(let url, let keys): $0.append("\(url): \(keys.keys.count), \(keys.skipped.count) skipped")
                }
            }
        }
        await source.run()
        #expect(source.current?.keys.count == 1)
        #expect(
            clock.waits.withLock { $0 } == [1, 2, 4, 8, 16, 30, 30, 30, 30, 30].map { Duration.seconds($0) })
        let words = events.withLock { $0 }
        try #require(words.count == 11)
        #expect(words[0] == "refused, again in 1.0 seconds")
        #expect(words[3] == "status 302, expected 200, again in 8.0 seconds")
        #expect(words[6].contains("content type \"text/html\""))
        #expect(words[7].contains("content type missing"))
        #expect(words[9].contains("no key in it"))
        #expect(words[10] == "https://login.example.com/jwks.json: 1, 1 skipped")
    }

    @Test("cancelling ends the wait")
    func cancelled() async throws {
        let (waiting, signal) = AsyncStream.makeStream(of: Void.self)
        let clock = ScriptedClock {
            signal.yield()
            try await Task.sleep(for: .seconds(3600))
        }
        let transport = ScriptedTransport(.failure(.connection("refused")))
        let source = try Self.keys(transport, clock: clock)
        let running = Task { await source.run() }
        for await _ in waiting { break }
        running.cancel()
        await running.value
        #expect(source.current == nil)
        #expect(transport.asked.withLock { $0.count } == 1)
    }
}

struct KeySetURLTests {
    @Test(
        "https anywhere and http on loopback are taken",
        arguments: [
            "https://login.example.com/jwks.json", "https://login.example.com:8443/a?b=c", "HTTPS://x/",
            "http://127.0.0.1:8090/jwks", "http://127.1.2.3/", "http://localhost/", "http://[::1]:80/",
        ])
    func taken(text: String) throws {
        #expect(try KeySetURL(text).rawValue == text)
    }

    @Test(
        "others are refused with what was expected",
        arguments: [
            ("http://login.example.com/", .notHTTPS), ("http://127.0.0.1.example.com/", .notHTTPS),
            ("http://127.0.0.256/", .notHTTPS), ("http://128.0.0.1/", .notHTTPS),
            ("http://localhost.example/", .notHTTPS),
            ("http://10.0.0.1/", .notHTTPS), ("ftp://127.0.0.1/", .notHTTPS), ("file:///etc/passwd", .notAbsoluteURL),
            ("", .notAbsoluteURL), ("login.example.com/jwks", .notAbsoluteURL), ("https:///x", .notAbsoluteURL),
            ("https://x/ y", .notAbsoluteURL), ("https://user:password@x/", .userInformation),
            ("https://user@x/", .userInformation), ("http://localhost@evil.example/", .userInformation),
            ("https://x/#a", .fragment),
        ] as [(String, KeySetURL.Problem)])
    func refused(text: String, problem: KeySetURL.Problem) {
        #expect(throws: problem) { try KeySetURL(text) }
    }
}
