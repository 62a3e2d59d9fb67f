// SPDX-License-Identifier: Apache-2.0

/// The AWS account and the identity provider that a sandbox simulates.
package struct SandboxConfiguration: Sendable {
    package struct Monitor: Sendable, Hashable {
        package let name: String
        /// A UUID as text; the data plane's path contains it.
        package let id: String

        package init(name: String, id: String) {
            self.name = name
            self.id = id
        }
    }

    package struct Role: Sendable {
        package let arn: String
        /// Seconds, 3,600–43,200 (IAM `MaxSessionDuration`).
        package var maximumSessionDuration: Int
        /// The trust policy, an IAM policy document. The placeholder `identityProvider` stands for the name of the
        /// sandbox's identity provider, whose address is known only once it listens.
        package var trust: String
        /// The permission policy, an IAM policy document. A session may do what this and the session policy both allow.
        package var policy: String

        package init(arn: String, trust: String, maximumSessionDuration: Int, policy: String) {
            self.arn = arn
            self.trust = trust
            self.maximumSessionDuration = maximumSessionDuration
            self.policy = policy
        }
    }

    /// A fictional user who can sign in. The password is not a secret: `purser dev` prints it.
    package struct User: Sendable {
        package let name: String
        package let password: String
        /// The claim `sub`, opaque and never reused.
        package let subject: String
        package let email: String

        package init(name: String, password: String, subject: String, email: String) {
            self.name = name
            self.password = password
            self.subject = subject
            self.email = email
        }
    }

    /// Placeholder in trust policies for the name of the sandbox's identity provider.
    package static let identityProvider = "${identity-provider}"
    /// The IAM user that the broker's access key belongs to.
    package static let brokerUser = "purser"

    package var region: String
    /// 12 digits.
    package var account: String
    package var signedInMonitor: Monitor
    package var guestMonitor: Monitor
    /// Can be assumed only with a token of the identity provider.
    package var signedInRole: Role
    /// Can be assumed only with the broker's access key.
    package var guestRole: Role
    /// Can be assumed only with tokens that the broker mints for users.
    package var mintedSignedInRole: Role
    /// Can be assumed only with tokens that the broker mints for guests.
    package var mintedGuestRole: Role
    /// `iss` of the tokens that the broker mints. IAM requires https; the sandbox fetches nothing from this address.
    package var brokerIssuer: String
    /// Id of the only OAuth client, a public client; `aud` of its tokens.
    package var clientID: String
    package var users: [User]
    /// Seconds from `iat` to `exp` of an id token.
    package var tokenLifetime: Int

    package init(
        region: String, account: String, signedInMonitor: Monitor, guestMonitor: Monitor, signedInRole: Role,
        guestRole: Role, mintedSignedInRole: Role, mintedGuestRole: Role, brokerIssuer: String, clientID: String,
        users: [User], tokenLifetime: Int
    ) {
        self.region = region
        self.account = account
        self.signedInMonitor = signedInMonitor
        self.guestMonitor = guestMonitor
        self.signedInRole = signedInRole
        self.guestRole = guestRole
        self.mintedSignedInRole = mintedSignedInRole
        self.mintedGuestRole = mintedGuestRole
        self.brokerIssuer = brokerIssuer
        self.clientID = clientID
        self.users = users
        self.tokenLifetime = tokenLifetime
    }

    package var monitors: [Monitor] { [signedInMonitor, guestMonitor] }
    var roles: [Role] { [signedInRole, guestRole, mintedSignedInRole, mintedGuestRole] }

    package func arn(of monitor: Monitor) -> String {
        "arn:aws:rum:\(region):\(account):appmonitor/\(monitor.name)"
    }
}
