// SPDX-License-Identifier: Apache-2.0

/// The standard provider chain. It uses the first configured source; if that is invalid, no later source replaces it
/// ("Standardized credential providers", AWS SDKs and Tools Reference Guide; the order is botocore's).
struct CredentialPlanner {
    let environment: EnvironmentVariables
    let files: any FileReader

    /// Blocks on the disk.
    func plan() throws(BrokerCredentialError) -> CredentialPlan {
        if let keys = try EnvironmentCredentials.read(environment) {
            return CredentialPlan(base: .keys(keys), source: "environment")
        }
        let shared = try SharedConfiguration.read(environment, files)
        let profile = shared.profile
        guard profile != nil || !shared.isProfileNamed else {
            throw BrokerCredentialError("AWS_PROFILE names \(shared.profileName), which the shared files don't have")
        }
        let profiles = ProfilePlanner(shared: shared, environment: environment)
        if let profile, profile["role_arn"] != nil, profile["web_identity_token_file"] == nil {
            return try profiles.assumedRole(of: profile)
        }
        if let role = try WebIdentityRole(environment) {
            return CredentialPlan(base: .webIdentity(role), source: "web identity token file")
        }
        if let profile, let plan = try directPlan(profile, profiles) { return plan }
        if let endpoint = try ContainerEndpoint(environment) {
            return CredentialPlan(base: .container(endpoint), source: "container")
        }
        guard let endpoint = try MetadataEndpoint(environment, profile: profile) else {
            throw BrokerCredentialError(
                "none are configured: not in the environment, not in the shared files' profile "
                    + "\(shared.profileName), no web identity, no container; AWS_EC2_METADATA_DISABLED disables "
                    + "instance metadata")
        }
        return CredentialPlan(base: .metadata(endpoint), source: "instance metadata", isLastResort: true)
    }

    /// The profile's credentials other than a role to assume; `nil` if it has none.
    private func directPlan(
        _ profile: Profile, _ profiles: ProfilePlanner
    ) throws(BrokerCredentialError) -> CredentialPlan? {
        func plan(_ base: CredentialPlan.Base) -> CredentialPlan {
            CredentialPlan(base: base, source: "profile \(profile.name)")
        }
        if let role = try WebIdentityRole(profile) { return plan(.webIdentity(role)) }
        try ProfilePlanner.rejectSSO(profile)
        if let keys = try profile.keys(in: profile.credentialsFile) { return plan(.keys(keys)) }
        if let line = try profiles.process(of: profile) { return plan(.process(line)) }
        return try profile.keys(in: profile.configFile).map { plan(.keys($0)) }
    }
}
