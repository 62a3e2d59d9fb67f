// SPDX-License-Identifier: Apache-2.0

private import Cryptography
import FoundationEssentials

/// A role session that this STS issued.
struct Session: Sendable {
    let key: AccessKey
    let token: String
    let issued: Date
    let expiration: Date
    /// `RoleSessionName`.
    let name: String
    let roleARN: String
    let rolePolicy: EvaluatedPolicy
    /// `nil` if the caller set none; then the role's policy alone decides.
    let sessionPolicy: EvaluatedPolicy?
    /// The policies that GetScopedCredentials added, each of which reduces what the session may do.
    var scopedPolicies: [EvaluatedPolicy] = []
    /// Bytes of the session policy and the scoped policies together.
    var policySize = 0
    let tags: SessionTags
    /// Set when the session is issued; it never changes.
    let sourceIdentity: String?

    /// Whether the role's policy, the session policy and all scoped policies allow the action.
    func allows(action: String, resource: String) -> Bool {
        let context = context
        return rolePolicy.allows(action: action, resource: resource, in: context)
            && ([sessionPolicy].compactMap { $0 } + scopedPolicies).allSatisfy {
                $0.allows(action: action, resource: resource, in: context)
            }
    }

    private var context: [String: String] {
        var context = [
            "aws:userid": assumedRoleID, "aws:tokenissuetime": issued.formatted(.iso8601),
        ]
        context["aws:sourceidentity"] = sourceIdentity
        for tag in tags.tags { context["aws:principaltag/\(tag.key.lowercased())"] = tag.value }
        return context
    }

    /// The role's unique id, derived from its ARN so that it is stable, and the session's name.
    var assumedRoleID: String {
        "AROA" + SHA256.digest(roleARN).hex.uppercased().prefix(17) + ":" + name
    }

    /// `arn:aws:sts::123456789012:assumed-role/Role/session`; it omits the role's path.
    var assumedRoleARN: String {
        let account = roleARN.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first ?? ""
        return "arn:aws:sts::\(account):assumed-role/\(roleARN.split(separator: "/").last ?? "")/\(name)"
    }

    var signingKey: SigningKey<Session> {
        SigningKey(secretAccessKey: key.secret, sessionToken: token, expiration: expiration, holder: self)
    }
}
