// SPDX-License-Identifier: Apache-2.0

/// The source of the broker's AWS credentials, decided from variables and files without a request.
package struct CredentialPlan: Sendable {
    enum Base: Sendable {
        case keys(SigningCredentials)
        case webIdentity(WebIdentityRole)
        case process(CommandLine)
        case container(ContainerEndpoint)
        case metadata(MetadataEndpoint)
    }

    let base: Base
    /// The roles to assume, in order. The first is assumed with the credentials of `base`.
    var roles: [RoleStep] = []
    /// The source's name for operators. Contains no key and no ARN.
    package let source: String
    /// Whether this is the fallback because no source is configured.
    var isLastResort = false

    /// Whether the credentials belong to a role session, which limits the sessions of roles that they assume to one
    /// hour (role chaining, AssumeRole `DurationSeconds`). Also true if this is unknown.
    package var isRoleSession: Bool {
        if !roles.isEmpty { return true }
        return switch base {
        case .keys(let keys): keys.sessionToken != nil
        case .webIdentity, .process, .container, .metadata: true
        }
    }

    /// Whether `isRoleSession` is certain. It is not for a program, which can return any credentials, for keys with a
    /// session token, which can be a user's, and for the fallback, which may never be used.
    package var isRoleSessionForSure: Bool {
        if !roles.isEmpty { return true }
        return switch base {
        case .webIdentity, .container: true
        case .metadata: !isLastResort
        case .keys, .process: false
        }
    }

    /// The source's name, with a note if it is the fallback.
    package var summary: String { isLastResort ? "\(source), as nothing else is configured" : source }
}
