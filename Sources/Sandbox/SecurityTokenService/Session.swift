private import Cryptography
import FoundationEssentials

/// A role session that this STS handed out.
struct Session: Sendable {
    let key: AccessKey
    let token: String
    let expiration: Date
    /// `RoleSessionName`.
    let name: String
    let roleARN: String
    let rolePolicy: PolicyDocument
    /// `nil` where the caller set none, so that the role's policy stands alone.
    let sessionPolicy: PolicyDocument?
    let tags: SessionTags
    /// Set once, and the session's for ever.
    let sourceIdentity: String?

    /// What the session may do: both policies have to say so.
    func allows(action: String, resource: String) -> Bool {
        rolePolicy.allows(action: action, resource: resource)
            && sessionPolicy.map { $0.allows(action: action, resource: resource) } ?? true
    }

    /// The role's unique id, the same at each call, and the session's name.
    var assumedRoleID: String {
        "AROA" + SHA256.digest(roleARN).hex.uppercased().prefix(17) + ":" + name
    }

    /// `arn:aws:sts::123456789012:assumed-role/Role/session`; a role's path is no part of it.
    var assumedRoleARN: String {
        let account = roleARN.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first ?? ""
        return "arn:aws:sts::\(account):assumed-role/\(roleARN.split(separator: "/").last ?? "")/\(name)"
    }

    var signingKey: SigningKey<Session> {
        SigningKey(secretAccessKey: key.secret, sessionToken: token, expiration: expiration, holder: self)
    }
}
