// SPDX-License-Identifier: Apache-2.0

/// The address of EC2's instance metadata service.
struct MetadataEndpoint: Sendable {
    let endpoint: Endpoint

    /// Variables take precedence over the profile's settings.
    /// - Returns: `nil` if `AWS_EC2_METADATA_DISABLED` is `true`.
    init?(_ environment: EnvironmentVariables, profile: Profile?) throws(BrokerCredentialError) {
        let disabled = environment["AWS_EC2_METADATA_DISABLED"]?.lowercased()
        guard disabled != "true" else { return nil }
        guard disabled == nil || disabled == "false" else {
            throw BrokerCredentialError("AWS_EC2_METADATA_DISABLED: expected true or false")
        }
        func setting(_ variable: String, _ name: String) -> (source: String, text: String)? {
            environment[variable].map { (variable, $0) }
                ?? profile.flatMap { profile in profile[name].map { ("profile \(profile.name): \(name)", $0) } }
        }
        if let (source, text) = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint") {
            guard let endpoint = Endpoint(text) else {
                throw BrokerCredentialError("\(source): expected an absolute http or https URL without user and query")
            }
            self.endpoint = endpoint
            return
        }
        let mode = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode")
        let address: String
        switch mode?.text.lowercased() {
        case nil, "ipv4": address = "http://169.254.169.254"
        case "ipv6": address = "http://[fd00:ec2::254]"
        default: throw BrokerCredentialError("\(mode?.source ?? ""): expected IPv4 or IPv6")
        }
        guard let endpoint = Endpoint(address) else { return nil }
        self.endpoint = endpoint
    }

    var tokenURL: String { endpoint.url + "/latest/api/token" }
    var rolesURL: String { endpoint.url + "/latest/meta-data/iam/security-credentials/" }
}
