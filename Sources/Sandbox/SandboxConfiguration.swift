/// The small AWS account and the one identity provider that a sandbox plays.
package struct SandboxConfiguration: Sendable {
    package struct Monitor: Sendable, Hashable {
        package let name: String
        /// The data plane's path names it, a UUID in text.
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
        /// The trust policy, an IAM policy document: who may take the role. What would be the identity provider's name is
        /// `identityProvider`, since its address is known no sooner than it listens.
        package var trust: String
        /// An IAM policy document; a session may do what it and the session policy both allow.
        package var policy: String

        package init(arn: String, trust: String, maximumSessionDuration: Int, policy: String) {
            self.arn = arn
            self.trust = trust
            self.maximumSessionDuration = maximumSessionDuration
            self.policy = policy
        }
    }

    /// Somebody who can sign in. Made up, and so is the password: `purser dev` prints it.
    package struct User: Sendable {
        package let name: String
        package let password: String
        /// `sub`: opaque and never reused.
        package let subject: String
        package let email: String

        package init(name: String, password: String, subject: String, email: String) {
            self.name = name
            self.password = password
            self.subject = subject
            self.email = email
        }
    }

    /// Stands for the name of the sandbox's own identity provider in trust policies.
    package static let identityProvider = "${identity-provider}"
    /// The IAM user that the broker's access key belongs to.
    package static let brokerUser = "purser"

    package var region: String
    /// 12 digits.
    package var account: String
    package var signedInMonitor: Monitor
    package var guestMonitor: Monitor
    /// Assumed with a token of the identity provider and in no other way.
    package var signedInRole: Role
    /// Assumed with the broker's access key and in no other way.
    package var guestRole: Role
    /// Assumed with the broker's own tokens for users, and in no other way.
    package var mintedSignedInRole: Role
    /// The same for guests.
    package var mintedGuestRole: Role
    /// `iss` of the broker's own tokens. IAM takes https only; nobody fetches anything there.
    package var brokerIssuer: String
    /// The one OAuth client, a public one; `aud` of its tokens.
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
