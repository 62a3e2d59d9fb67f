// SPDX-License-Identifier: Apache-2.0

/// The services that Purser or its clients call.
enum AWSService: CaseIterable, Sendable {
    case sts
    case rum
    case cognitoIdentity

    /// `AWS_ENDPOINT_URL_…` of the service.
    var variable: String {
        switch self {
        case .sts: "AWS_ENDPOINT_URL_STS"
        case .rum: "AWS_ENDPOINT_URL_RUM"
        case .cognitoIdentity: "AWS_ENDPOINT_URL_COGNITO_IDENTITY"
        }
    }

    /// The service's name in a `services` section of the shared config file.
    var section: String {
        switch self {
        case .sts: "sts"
        case .rum: "rum"
        case .cognitoIdentity: "cognito_identity"
        }
    }

    /// AWS's own host (the services' endpoint rule sets).
    func host(in region: Region, fips: Bool, dualstack: Bool) -> String {
        let partition = region.partition
        let suffix = dualstack ? partition.dualstackSuffix : partition.dnsSuffix
        let infix = fips ? "-fips" : ""
        switch self {
        case .sts:
            // GovCloud's plain hosts are FIPS hosts.
            let isPlain = partition == .govCloud && !dualstack
            return "sts\(isPlain ? "" : infix).\(region).\(suffix)"
        case .rum:
            return "dataplane.rum\(infix).\(region).\(suffix)"
        case .cognitoIdentity:
            // The older commercial hosts serve IPv6 without a dualstack domain.
            let isOlder =
                dualstack && partition == .commercial
                && (!fips || ["us-east-1", "us-east-2", "us-west-1", "us-west-2"].contains(region.name))
            return "cognito-identity\(infix).\(region).\(isOlder ? partition.dnsSuffix : suffix)"
        }
    }
}
