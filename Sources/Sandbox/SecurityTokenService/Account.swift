/// What IAM holds in this account.
struct Account: Sendable {
    /// Who may assume a role: its trust policy.
    enum Trust: Sendable {
        /// A token of the identity provider, by AssumeRoleWithWebIdentity.
        case webIdentity
        /// The broker's access key, by AssumeRole.
        case broker
    }

    struct Role: Sendable {
        let arn: String
        let trust: Trust
        let maximumSessionDuration: Int
        let policy: PolicyDocument

        init(_ role: SandboxConfiguration.Role, trust: Trust) throws(PolicyProblem) {
            arn = role.arn
            self.trust = trust
            maximumSessionDuration = role.maximumSessionDuration
            policy = try PolicyDocument(parsing: role.policy)
        }
    }

    /// 12 digits.
    let id: String
    let region: String
    let brokerKey: AccessKey
    private let roles: [Role]

    init(_ configuration: SandboxConfiguration, brokerKey: AccessKey) throws(PolicyProblem) {
        id = configuration.account
        region = configuration.region
        self.brokerKey = brokerKey
        roles = [
            try Role(configuration.signedInRole, trust: .webIdentity),
            try Role(configuration.guestRole, trust: .broker),
        ]
    }

    /// - Returns: `nil` where there is no such role or it trusts somebody else, which AWS doesn't tell apart either.
    func role(_ arn: String, trusting trust: Trust) -> Role? {
        roles.first { $0.arn == arn && $0.trust == trust }
    }
}
