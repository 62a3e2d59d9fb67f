private import Cryptography

/// What a successful AssumeRole or AssumeRoleWithWebIdentity says.
struct AssumedRole: Sendable {
    struct WebIdentity: Sendable {
        let subject: String
        let audience: String
        /// ARN of the OIDC provider.
        let provider: String
    }

    let session: Session
    /// Percent of the room for policy and tags; absent where there was neither.
    let packedPolicySize: Int?
    let sourceIdentity: String?
    let webIdentity: WebIdentity?

    /// The role's unique id, the same at each call, and the session's name.
    var assumedRoleID: String {
        "AROA" + SHA256.digest(session.roleARN).hex.uppercased().prefix(17) + ":" + session.name
    }

    /// `arn:aws:sts::123456789012:assumed-role/Role/session`; a role's path is no part of it.
    var assumedRoleARN: String {
        let account = session.roleARN.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first ?? ""
        let role = session.roleARN.split(separator: "/").last ?? ""
        return "arn:aws:sts::\(account):assumed-role/\(role)/\(session.name)"
    }
}
