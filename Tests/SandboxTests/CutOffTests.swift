import AWS
import AccountSetup
import Foundation
import Testing
import Vending

@testable import Sandbox

/// The documents of `purser policy deny`, in force from the start: what they deny is decided by when a session begins.
@Suite("Sessions that are cut off")
struct CutOffTests {
    static let alice = "0123456789abcdef0123." + String(repeating: "a", count: 43)
    static let bob = "0123456789abcdef0123." + String(repeating: "b", count: 43)
    /// A session that begins at `Harness.start` is before it, one that begins at it is not.
    static let time = Harness.start + 10

    private func grant(sourceIdentity: Bool) throws -> Grant {
        let monitor = AppMonitor(
            name: "DemoStore_Unauthenticated", id: "c80b3d94-27e6-4f15-b3c2-6e9a4d1f8b07", region: "us-west-2",
            account: "123456789012", partition: "aws", endpoint: "https://dataplane.rum.us-west-2.amazonaws.com")
        return Grant(
            app: try #require(AppName("demo-store")), audience: .signedIn, monitor: monitor,
            exchange: .assumeRole(role: Harness.guestRole, externalID: nil), sessionDuration: 3_600,
            attribution: Attribution(sourceIdentity: sourceIdentity),
            digest: { _ in GrantDigest(words: (1, 2, 3, 4)) })
    }

    /// A sandbox whose guest role has this statement beside its own.
    private func harness(_ deny: DenyPolicy) throws -> Harness {
        let document = deny.document.json()
        let statement = try #require(
            document.firstRange(of: /"Statement":\[(.*)\]/).map { document[$0].dropFirst(13).dropLast(1) })
        var configuration = SandboxConfiguration.demo
        configuration.guestRole.policy.replace(#""Statement":["#, with: #""Statement":[\#(statement),"#)
        configuration.guestRole.trust =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/purser"},"Action":["sts:AssumeRole","sts:SetSourceIdentity"]}]}"#
        return try Harness(configuration)
    }

    /// Status of an event that a new session of a user writes.
    private func put(_ harness: Harness, as name: String, sourceIdentity: Bool) async throws -> Int {
        let more = sourceIdentity ? ["SourceIdentity": name] : [:]
        var signer = try harness.session(in: await harness.assumeRole(name: name, more: more))
        signer.service = "rum"
        return try await harness.put(as: signer).status
    }

    @Test("one user's older sessions are, by source identity or by name, and nobody else's", arguments: [true, false])
    func user(sourceIdentity: Bool) async throws {
        let harness = try harness(
            DenyPolicy(
                sessionsOf: SessionUser(Pseudonym(Self.alice)), before: Self.time,
                grant: try grant(sourceIdentity: sourceIdentity)))
        #expect(try await put(harness, as: Self.alice, sourceIdentity: sourceIdentity) == 403)
        #expect(try await put(harness, as: Self.bob, sourceIdentity: sourceIdentity) == 200)
        harness.advance(by: 10)
        #expect(try await put(harness, as: Self.alice, sourceIdentity: sourceIdentity) == 200)
    }

    @Test("everybody's older sessions are")
    func everybody() async throws {
        let harness = try harness(DenyPolicy(sessionsBefore: Self.time, sessionDuration: 3_600))
        #expect(try await put(harness, as: Self.alice, sourceIdentity: true) == 403)
        #expect(try await put(harness, as: Self.bob, sourceIdentity: false) == 403)
        harness.advance(by: 10)
        #expect(try await put(harness, as: Self.alice, sourceIdentity: true) == 200)
    }
}
