// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Vending

/// A cache key contains the grant's digest instead of the grant, so the digest must cover every part of the grant.
@Suite struct GrantDigestTests {
    private struct Parts {
        var app = "shop"
        var audience = Grant.Audience.signedIn
        var name = "Shop"
        var id = "11111111-2222-3333-4444-555555555555"
        var region = "us-west-2"
        var account = "123456789012"
        var partition = "aws"
        var endpoint = "https://dataplane.rum.us-west-2.amazonaws.com"
        var exchange = Grant.Exchange.webIdentity(role: "arn:aws:iam::123456789012:role/Role")
        var duration = 3_600
        var attribution = Attribution()
        var guestSessions = Grant.GuestSessions.shared
        var handOut: Int?
        var delivery = Grant.DeliveryMode.both

        /// The input of the digest.
        func text() throws -> String {
            let monitor = AppMonitor(
                name: name, id: id, region: region, account: account, partition: partition, endpoint: endpoint)
            var text = ""
            _ = Grant(
                app: try #require(AppName(app)), audience: audience, monitor: monitor, exchange: exchange,
                sessionDuration: duration, attribution: attribution, guestSessions: guestSessions,
                handOut: handOut, delivery: delivery
            ) {
                text = $0
                return SHA256Digest(words: (0, 0, 0, 0))
            }
            return text
        }

        func with(_ change: (inout Parts) -> Void) -> Parts {
            var parts = self
            change(&parts)
            return parts
        }
    }

    private static let role = "arn:aws:iam::123456789012:role/Role"
    private static let otherRole = "arn:aws:iam::123456789012:role/Other"

    private func isDigested(_ base: Parts = Parts(), _ change: (inout Parts) -> Void) throws -> Bool {
        try base.text() != base.with(change).text()
    }

    @Test("computes different digests if only the app, the audience or the session duration differs")
    func scope() throws {
        #expect(try isDigested { $0.app = "blog" })
        #expect(try isDigested { $0.audience = .guest })
        #expect(try isDigested { $0.duration = 3_601 })
    }

    @Test("computes different digests if only the sharing of guest sessions differs")
    func guestSessions() throws {
        #expect(try isDigested { $0.guestSessions = .perVisitor })
    }

    @Test("computes different digests if only the lifetime of short credentials differs")
    func handOut() throws {
        #expect(try isDigested { $0.handOut = 300 })
        #expect(try isDigested(Parts().with { $0.handOut = 300 }) { $0.handOut = 301 })
    }

    @Test("keeps the digest if only the delivery differs: the credentials are the same")
    func delivery() throws {
        #expect(try !isDigested { $0.delivery = .proxy })
    }

    @Test("computes different digests if only one part of the monitor differs")
    func monitor() throws {
        #expect(try isDigested { $0.name = "Other" })
        #expect(try isDigested { $0.id = "66666666-7777-8888-9999-000000000000" })
        #expect(try isDigested { $0.region = "us-east-1" })
        #expect(try isDigested { $0.account = "210987654321" })
        #expect(try isDigested { $0.partition = "aws-cn" })
        #expect(try isDigested { $0.endpoint = "https://dataplane.example.com" })
    }

    @Test("computes different digests for different exchanges with the same role")
    func exchangeKind() throws {
        let role = Self.role
        let pool = try pool(.basic(role: role))
        let exchanges: [Grant.Exchange] = [
            .webIdentity(role: role), .assumeRole(role: role, externalID: nil), .minted(role: role), .cognito(pool),
        ]
        #expect(Set(try exchanges.map { exchange in try Parts().with { $0.exchange = exchange }.text() }).count == 4)
    }

    @Test("computes different digests if only the role differs, for every exchange")
    func role() throws {
        let pools = (try pool(.basic(role: Self.role)), try pool(.basic(role: Self.otherRole)))
        let custom = (try pool(.enhanced(customRole: Self.role)), try pool(.enhanced(customRole: Self.otherRole)))
        let pairs: [(Grant.Exchange, Grant.Exchange)] = [
            (.webIdentity(role: Self.role), .webIdentity(role: Self.otherRole)),
            (.assumeRole(role: Self.role, externalID: nil), .assumeRole(role: Self.otherRole, externalID: nil)),
            (.minted(role: Self.role), .minted(role: Self.otherRole)),
            (.cognito(pools.0), .cognito(pools.1)), (.cognito(custom.0), .cognito(custom.1)),
            (.cognito(custom.0), .cognito(try pool(.enhanced(customRole: nil)))),
        ]
        for (one, other) in pairs {
            #expect(try isDigested(Parts().with { $0.exchange = one }) { $0.exchange = other }, "\(one.kind)")
        }
    }

    @Test("computes different digests if only the external id differs")
    func externalID() throws {
        let base = Parts().with { $0.exchange = .assumeRole(role: Self.role, externalID: "one") }
        #expect(try isDigested(base) { $0.exchange = .assumeRole(role: Self.role, externalID: "two") })
        #expect(try isDigested(base) { $0.exchange = .assumeRole(role: Self.role, externalID: nil) })
    }

    @Test("computes different digests if only the identity pool, its flow or its login differs")
    func identityPool() throws {
        let pool = try pool(.basic(role: Self.role), login: "one.example.com")
        let base = Parts().with { $0.exchange = .cognito(pool) }
        let others = [
            try self.pool(.basic(role: Self.role), login: "two.example.com"), try self.pool(.basic(role: Self.role)),
            try self.pool(.enhanced(customRole: Self.role), login: "one.example.com"),
            try self.pool(
                .basic(role: Self.role), id: "66666666-7777-8888-9999-000000000000", login: "one.example.com"),
        ]
        for other in others { #expect(try isDigested(base) { $0.exchange = .cognito(other) }) }
    }

    @Test("computes different digests if only the naming, the source identity or a transitive tag differs")
    func attribution() throws {
        let base = Parts().with { $0.attribution.tags = [tag("one", .app), tag("two", .app)].compactMap(\.self) }
        #expect(try isDigested(base) { $0.attribution.naming = .clear })
        #expect(try isDigested(base) { $0.attribution.sourceIdentity = true })
        #expect(try isDigested(base) { $0.attribution.transitiveTagKeys = ["one"] })
        let transitive = base.with { $0.attribution.transitiveTagKeys = ["one"] }
        #expect(try isDigested(transitive) { $0.attribution.transitiveTagKeys = ["two"] })
        #expect(try isDigested(transitive) { $0.attribution.transitiveTagKeys = ["one", "two"] })
    }

    @Test("computes different digests if only the key, the source or the claim of a tag differs")
    func tags() throws {
        let plan = try #require(ClaimPath(["plan"]))
        let rules = [
            [], [tag("key", .app)], [tag("other", .app)], [tag("key", .issuer)], [tag("key", .claim(plan))],
            [tag("key", .claim(try #require(ClaimPath(["tier"]))))],
            [tag("key", .claim(try #require(ClaimPath(["plan", "tier"]))))], [tag("key", .app), tag("other", .app)],
        ]
        let texts = try rules.map { tags in
            try Parts().with { $0.attribution.tags = tags.compactMap(\.self) }.text()
        }
        #expect(Set(texts).count == rules.count)
    }

    @Test("no two lists of tags and transitive tags have one digest, however their names join")
    func boundaries() throws {
        func claim(_ names: String...) throws -> SessionTagRule.Source { .claim(try #require(ClaimPath(names))) }
        func attribution(_ tags: [SessionTagRule?], transitive: [String] = []) -> Attribution {
            Attribution(tags: tags.compactMap(\.self), transitiveTagKeys: transitive)
        }
        let lists = [
            attribution([tag("a", try claim("b", "x", "app"))]),
            attribution([tag("a", try claim("b")), tag("x", .app)]),
            attribution([tag("a", try claim("b", "transitive", "k"))]),
            attribution([tag("a", try claim("b"))], transitive: ["k", "transitive"]),
        ]
        #expect(Set(try lists.map { list in try Parts().with { $0.attribution = list }.text() }).count == lists.count)
    }

    private func tag(_ key: String, _ source: SessionTagRule.Source) -> SessionTagRule? {
        SessionTagRule(key: key, source: source)
    }

    private func pool(
        _ flow: IdentityPool.Flow, id: String = "11111111-2222-3333-4444-555555555555", login: String? = nil
    ) throws -> IdentityPool {
        try #require(IdentityPool(id: "us-west-2:\(id)", flow: flow, login: login))
    }
}
