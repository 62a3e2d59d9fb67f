/// Follows a profile to what its credentials begin with ("Assume role credential provider", AWS SDKs and Tools
/// Reference Guide). The environment plays no part, save where `credential_source` says so.
struct ProfilePlanner {
    let shared: SharedConfiguration
    let environment: EnvironmentVariables

    /// - Parameter profile: with a `role_arn`, to be assumed with credentials of another profile or source.
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
                        "profile \(current.name): there is no profile \(next), its source_profile")
                }
                if let base = try base(of: source) {
                    return CredentialPlan(base: base, roles: roles, source: name)
                }
                guard source["role_arn"] != nil else {
                    throw BrokerCredentialError("profile \(next): a source_profile without credentials")
                }
                guard !visited.contains(next) else {
                    throw BrokerCredentialError("profile \(next): its source_profile leads back to itself")
                }
                current = source
            }
        }
    }

    /// What a profile has of its own; `nil` where it only assumes a role or has nothing.
    private func base(of profile: Profile) throws(BrokerCredentialError) -> CredentialPlan.Base? {
        if let keys = try profile.keys(in: profile.credentialsFile) { return .keys(keys) }
        if let keys = try profile.keys(in: profile.configFile) { return .keys(keys) }
        if let role = try WebIdentityRole(profile) { return .webIdentity(role) }
        if profile["role_arn"] != nil { return nil }
        try Self.refuseSSO(profile)
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

    static func refuseSSO(_ profile: Profile) throws(BrokerCredentialError) {
        for name in ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name"] where profile[name] != nil {
            throw BrokerCredentialError(
                "profile \(profile.name): \(name): Purser takes no part in single sign-on, whose sessions end with "
                    + "their user's; give it a role of its own")
        }
    }

    private func source(_ name: String, of profile: Profile) throws(BrokerCredentialError) -> CredentialPlan.Base {
        let place = "profile \(profile.name): credential_source"
        switch name {
        case "Environment":
            guard let keys = try EnvironmentCredentials.read(environment) else {
                throw BrokerCredentialError("\(place) is Environment, where there are no keys")
            }
            return .keys(keys)
        case "EcsContainer":
            guard let endpoint = try ContainerEndpoint(environment) else {
                throw BrokerCredentialError("\(place) is EcsContainer, but no variable names its address")
            }
            return .container(endpoint)
        case "Ec2InstanceMetadata":
            guard let endpoint = try MetadataEndpoint(environment, profile: shared.profile) else {
                throw BrokerCredentialError(
                    "\(place) is Ec2InstanceMetadata, which AWS_EC2_METADATA_DISABLED turns off")
            }
            return .metadata(endpoint)
        default:
            throw BrokerCredentialError("\(place): expected Environment, EcsContainer or Ec2InstanceMetadata")
        }
    }
}
