/// Where credentials are going to come from, decided from variables and files without contacting anybody.
package struct CredentialPlan: Sendable {
    enum Base: Sendable {
        case keys(SigningCredentials)
        case webIdentity(WebIdentityRole)
        case process(CommandLine)
        case container(ContainerEndpoint)
        case metadata(MetadataEndpoint)
    }

    let base: Base
    /// To be assumed one after the other, the first with the base.
    var roles: [RoleStep] = []
    /// The source's name, for the operator: no key, no ARN.
    package let source: String
    /// Whether this is what is left when nothing at all is configured.
    var isLastResort = false

    /// Whether the credentials are going to be those of a role's session. What they assume ends after an hour at most
    /// (role chaining, AssumeRole `DurationSeconds`). Where it can't be told they are taken for such.
    package var isRoleSession: Bool {
        if !roles.isEmpty { return true }
        return switch base {
        case .keys(let keys): keys.sessionToken != nil
        case .webIdentity, .process, .container, .metadata: true
        }
    }

    /// Whether that is sure: a program can have any credentials, keys with a session token can be a user's, and what is
    /// left when nothing is configured may not be what will be used.
    package var isRoleSessionForSure: Bool {
        if !roles.isEmpty { return true }
        return switch base {
        case .webIdentity, .container: true
        case .metadata: !isLastResort
        case .keys, .process: false
        }
    }

    /// The source's name and how certain it is.
    package var summary: String { isLastResort ? "\(source), as nothing else is configured" : source }
}
