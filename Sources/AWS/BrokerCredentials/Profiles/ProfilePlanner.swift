// SPDX-License-Identifier: Apache-2.0

/// Follows the `source_profile` chain of a profile to its first credentials ("Assume role credential provider", AWS
/// SDKs and Tools Reference Guide). The environment counts only where `credential_source` names it.
struct ProfilePlanner {
    let shared: SharedConfiguration
    let environment: EnvironmentVariables

    /// - Parameter profile: has a `role_arn`, which is assumed with credentials of another profile or source.
    func assumedRole(of profile: Profile) throws(BrokerCredentialError) -> CredentialPlan {
        let name = "profile \(profile.name)"
        var roles: [RoleStep] = []
        var visited: Set<String> = []
        var current = profile
        while true {
            roles.insert(try RoleStep(current), at: 0)
            visited.insert(current.name)
            switch (current["source_profile"], current["credential_source"]) {
            case (nil, nil):
                throw BrokerCredentialError(
                    "profile \(current.name): role_arn needs source_profile, credential_source or web_identity_token_file"
                )
            case (_?, _?):
                throw BrokerCredentialError(
                    "profile \(current.name): expected one of source_profile and credential_source, found both")
            case (nil, let source?):
                return CredentialPlan(base: try self.source(source, of: current), roles: roles, source: name)
            case (let next?, nil):
                guard let source = shared.profile(next) else {
                    throw BrokerCredentialError(
                        "profile \(current.name): source_profile names the profile \(next), which does not exist")
                }
                // A profile may name itself, for keys of its own. Any other way back is a loop, keys or not.
                guard !visited.contains(next) || next == current.name else { throw Self.loop(next) }
                if let base = try base(of: source) {
                    return CredentialPlan(base: base, roles: roles, source: name)
                }
                guard source["role_arn"] != nil else {
                    throw BrokerCredentialError("profile \(next): a source_profile without credentials")
                }
                guard !visited.contains(next) else { throw Self.loop(next) }
                current = source
            }
        }
    }

    private static func loop(_ name: String) -> BrokerCredentialError {
        BrokerCredentialError("profile \(name): its source_profile leads back to itself")
    }

    /// The profile's direct credentials; `nil` if it only assumes a role or has none.
    private func base(of profile: Profile) throws(BrokerCredentialError) -> CredentialPlan.Base? {
        if let keys = try profile.keys(in: profile.credentialsFile) { return .keys(keys) }
        if let keys = try profile.keys(in: profile.configFile) { return .keys(keys) }
        if let role = try WebIdentityRole(profile) { return .webIdentity(role) }
        if profile["role_arn"] != nil { return nil }
        try Self.rejectSSO(profile)
        return try process(of: profile).map { .process($0) }
    }

    func process(of profile: Profile) throws(BrokerCredentialError) -> CommandLine? {
        guard let text = profile["credential_process"] else { return nil }
        guard let line = CommandLine(text) else {
            throw BrokerCredentialError(
                "profile \(profile.name): credential_process: expected a program and its arguments, quotes closed")
        }
        return line
    }

    /// Sessions that a person begins in a browser.
    static func rejectSSO(_ profile: Profile) throws(BrokerCredentialError) {
        for name in ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name"] where profile[name] != nil {
            throw BrokerCredentialError(
                "profile \(profile.name): \(name): Purser does not support single sign-on, because its sessions "
                    + "end with a person's; configure a role for Purser")
        }
        guard profile["login_session"] == nil else {
            throw BrokerCredentialError(
                "profile \(profile.name): login_session: Purser does not support sessions of `aws login`, because they "
                    + "end with a person's; configure a role for Purser")
        }
    }

    private func source(_ name: String, of profile: Profile) throws(BrokerCredentialError) -> CredentialPlan.Base {
        let setting = "profile \(profile.name): credential_source"
        switch name {
        case "Environment":
            guard let keys = try EnvironmentCredentials.read(environment) else {
                throw BrokerCredentialError("\(setting) is Environment, where there are no keys")
            }
            return .keys(keys)
        case "EcsContainer":
            guard let endpoint = try ContainerEndpoint(environment) else {
                throw BrokerCredentialError("\(setting) is EcsContainer, but no variable names its address")
            }
            return .container(endpoint)
        case "Ec2InstanceMetadata":
            guard let endpoint = try MetadataEndpoint(environment, profile: shared.profile) else {
                throw BrokerCredentialError(
                    "\(setting) is Ec2InstanceMetadata, which AWS_EC2_METADATA_DISABLED turns off")
            }
            return .metadata(endpoint)
        default:
            throw BrokerCredentialError("\(setting): expected Environment, EcsContainer or Ec2InstanceMetadata")
        }
    }
}
