// SPDX-License-Identifier: Apache-2.0

extension Grant {
    /// How Purser obtains the credentials, with the parameters of that exchange (design decision "four exchanges").
    package enum Exchange: Hashable, Sendable {
        /// Purser sends the user's token to `AssumeRoleWithWebIdentity`.
        case webIdentity(role: String)
        /// Purser calls `AssumeRole` with the broker's AWS credentials.
        case assumeRole(role: String, externalID: String?)
        /// Purser is itself an issuer: it signs a token and sends it to `AssumeRoleWithWebIdentity`.
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

        /// The role of the sessions; `nil` if an identity pool chooses it.
        package var roleARN: String? {
            switch self {
            case .webIdentity(let role), .assumeRole(let role, _), .minted(let role): role
            case .cognito(let pool): pool.roleARN
            }
        }

        /// Whether the exchange takes a session policy and a session name. It does not if Cognito assumes the role
        /// itself.
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
