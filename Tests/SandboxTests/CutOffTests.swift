// SPDX-License-Identifier: Apache-2.0

import AWS
import AccountSetup
import Foundation
import Testing
import Vending

@testable import Sandbox

/// Evaluates the documents of `purser policy deny`, attached to the role from the start. Whether they deny a session
/// depends on when it was issued.
@Suite("Revoked sessions")
struct CutOffTests {
    static let alice = "0123456789abcdef0123." + String(repeating: "a", count: 43)
    static let bob = "0123456789abcdef0123." + String(repeating: "b", count: 43)
    /// A session issued at `Harness.start` is revoked; one issued at this time is not.
    static let time = Harness.start + 10

    private func grant(sourceIdentity: Bool) throws -> Grant {
        let monitor = AppMonitor(
            name: "DemoStore_Unauthenticated", id: "c80b3d94-27e6-4f15-b3c2-6e9a4d1f8b07", region: "us-west-2",
            account: "123456789012", partition: "aws", endpoint: "https://dataplane.rum.us-west-2.amazonaws.com")
        return Grant(
            app: try #require(AppName("demo-store")), audience: .signedIn, monitor: monitor,
            exchange: .assumeRole(role: Harness.guestRole, externalID: nil), sessionDuration: 3_600,
            attribution: Attribution(sourceIdentity: sourceIdentity),
            digest: { _ in SHA256Digest(words: (1, 2, 3, 4)) })
    }

    /// A sandbox whose guest role's policy also has the statement of the deny policy.
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

    /// - Returns: the status of a PutRumEvents request with a new session of the named user.
    private func put(_ harness: Harness, as name: String, sourceIdentity: Bool) async throws -> Int {
        let more = sourceIdentity ? ["SourceIdentity": name] : [:]
        var signer = try harness.session(in: await harness.assumeRole(name: name, more: more))
        signer.service = "rum"
        return try await harness.put(as: signer).status
    }

    @Test(
        "a deny policy for one user revokes only that user's older sessions, by source identity or name",
        arguments: [true, false])
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

    @Test("a deny policy without a user revokes the older sessions of all users")
    func allUsers() async throws {
        let harness = try harness(DenyPolicy(sessionsBefore: Self.time, sessionDuration: 3_600))
        #expect(try await put(harness, as: Self.alice, sourceIdentity: true) == 403)
        #expect(try await put(harness, as: Self.bob, sourceIdentity: false) == 403)
        harness.advance(by: 10)
        #expect(try await put(harness, as: Self.alice, sourceIdentity: true) == 200)
    }
}
