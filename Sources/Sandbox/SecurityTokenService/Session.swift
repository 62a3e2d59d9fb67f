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

    /// What the session may do: both policies have to say so.
    func allows(action: String, resource: String) -> Bool {
        rolePolicy.allows(action: action, resource: resource)
            && sessionPolicy.map { $0.allows(action: action, resource: resource) } ?? true
    }

    var signingKey: SigningKey<Session> {
        SigningKey(secretAccessKey: key.secret, sessionToken: token, expiration: expiration, holder: self)
    }
}
