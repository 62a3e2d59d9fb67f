extension Grant {
    /// How the credentials are obtained (design decision "four exchanges"), with what that way needs.
    package enum Exchange: Hashable, Sendable {
        /// The user's own token to `AssumeRoleWithWebIdentity`.
        case webIdentity(role: String)
        /// Purser's own identity in AWS to `AssumeRole`.
        case assumeRole(role: String, externalID: String?)
        /// A token that Purser signs as an issuer of its own, to `AssumeRoleWithWebIdentity`.
        case minted(role: String)
        /// A Cognito identity pool.
        case cognito(IdentityPool)

        package enum Kind: String, CaseIterable, Sendable {
            case webIdentity = "web-identity"
            case assumeRole = "assume-role"
            case minted
            case cognito
        }

        package var kind: Kind {
            switch self {
            case .webIdentity: .webIdentity
            case .assumeRole: .assumeRole
            case .minted: .minted
            case .cognito: .cognito
            }
        }

        /// Whose sessions are handed out; `nil` where an identity pool chooses the role.
        package var roleARN: String? {
            switch self {
            case .webIdentity(let role), .assumeRole(let role, _), .minted(let role): role
            case .cognito(let pool): pool.roleARN
            }
        }

        /// Whether the session policy and a name go along with the exchange: not where Cognito itself takes the role.
        package var sendsSessionPolicy: Bool {
            if case .cognito(let pool) = self, case .enhanced = pool.flow { false } else { true }
        }

        var fields: [String] {
            switch self {
            case .webIdentity(let role), .minted(let role): [kind.rawValue, role]
            case .assumeRole(let role, let externalID): [kind.rawValue, role, externalID ?? ""]
            case .cognito(let pool):
                [kind.rawValue, pool.id, pool.roleARN ?? "", String(sendsSessionPolicy), pool.login ?? ""]
            }
        }
    }
}
