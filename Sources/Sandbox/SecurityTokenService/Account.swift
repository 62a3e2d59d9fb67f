// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The IAM state of the account: roles, and the broker's user and access key.
struct Account: Sendable {
    struct Role: Sendable {
        let arn: String
        fileprivate(set) var trust: EvaluatedTrustPolicy
        let maximumSessionDuration: Int
        let policy: EvaluatedPolicy

        init(_ role: SandboxConfiguration.Role) throws(PolicyError) {
            arn = role.arn
            trust = try EvaluatedTrustPolicy(parsing: role.trust)
            maximumSessionDuration = role.maximumSessionDuration
            policy = try EvaluatedPolicy(parsing: role.policy)
        }
    }

    /// 12 digits.
    let id: String
    let region: String
    let brokerKey: AccessKey
    private var roles: [Role]

    init(_ configuration: SandboxConfiguration, brokerKey: AccessKey) throws(PolicyError) {
        id = configuration.account
        region = configuration.region
        self.brokerKey = brokerKey
        var roles: [Role] = []
        for role in configuration.roles { roles.append(try Role(role)) }
        self.roles = roles
    }

    /// ARN of the IAM user that the broker's access key belongs to.
    var brokerARN: String { "arn:aws:iam::\(id):user/\(SandboxConfiguration.brokerUser)" }

    func role(_ arn: String) -> Role? {
        roles.first { $0.arn == arn }
    }

    func arn(ofProvider name: String) -> String { "arn:aws:iam::\(id):oidc-provider/\(name)" }

    /// A copy whose trust policies name the identity provider, once its address is known.
    func withIdentityProvider(_ name: String) -> Account {
        var account = self
        for index in account.roles.indices {
            account.roles[index].trust = roles[index].trust.replacingIdentityProvider(with: name)
        }
        return account
    }
}
