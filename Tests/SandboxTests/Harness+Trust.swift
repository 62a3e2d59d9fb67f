// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Tokens

@testable import Sandbox

extension Harness {
    /// - Parameters:
    ///   - actions: the statement's `Action`, as JSON: the actions that the guest role's trust policy allows the
    ///     broker.
    ///   - condition: the statement's `Condition`, as JSON.
    convenience init(trustingGuests actions: String, condition: String? = nil) throws {
        var configuration = SandboxConfiguration.demo
        let condition = condition.map { #","Condition":\#($0)"# } ?? ""
        configuration.guestRole.trust =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/purser"},"Action":\#(actions)\#(condition)}]}"#
        try self.init(configuration)
    }

    static let mintedSignedInRole = "arn:aws:iam::123456789012:role/DemoMintedSignedIn"
    static let mintedGuestRole = "arn:aws:iam::123456789012:role/DemoMintedGuest"

    /// Valid claims of a token that the broker mints for a user.
    var mintedClaims: [String: Any] {
        let time = Int(now.timeIntervalSince1970)
        return [
            "iss": "https://purser.localhost", "aud": "sts.amazonaws.com", "sub": "a-pseudonym", "iat": time,
            "nbf": time - 60, "exp": time + 300,
            "https://aws.amazon.com/tags": [
                "principal_tags": ["app": ["demo-minted"]], "transitive_tag_keys": ["app"],
            ],
            "https://aws.amazon.com/source_identity": "a-pseudonym",
        ]
    }

    func minted(
        _ claims: [String: Any], role: String = Harness.mintedSignedInRole, policy: String? = nil
    ) async throws -> Answer {
        let token = try minter.sign(claims: Array(try JSONSerialization.data(withJSONObject: claims)))
        return try await webIdentity(token: token, role: role, policy: policy)
    }

    /// The stored session that a response issued.
    func storedSession(issuedBy answer: Answer) throws -> Session {
        let key = try #require(answer.element("AccessKeyId"))
        return try #require(sandbox.sessions.session(of: key))
    }
}
