// SPDX-License-Identifier: Apache-2.0

/// A group of AWS Regions with separate accounts and domains.
package enum Partition: String, CaseIterable, Sendable {
    case commercial = "aws"
    case china = "aws-cn"
    case govCloud = "aws-us-gov"
    case iso = "aws-iso"
    case isoB = "aws-iso-b"
    case isoE = "aws-iso-e"
    case isoF = "aws-iso-f"
    case europeanSovereign = "aws-eusc"

    /// The partition of a Region by its prefix; `commercial` if no prefix matches, as in the SDKs.
    init(regionNamed name: String) {
        let prefixes: [(String, Partition)] = [
            ("cn-", .china), ("us-gov-", .govCloud), ("us-iso-", .iso), ("us-isob-", .isoB), ("eu-isoe-", .isoE),
            ("us-isof-", .isoF), ("eusc-", .europeanSovereign),
        ]
        self = prefixes.first { name.hasPrefix($0.0) }?.1 ?? .commercial
    }

    /// The domain of the partition's hosts.
    package var dnsSuffix: String {
        switch self {
        case .commercial, .govCloud: "amazonaws.com"
        case .china: "amazonaws.com.cn"
        case .iso: "c2s.ic.gov"
        case .isoB: "sc2s.sgov.gov"
        case .isoE: "cloud.adc-e.uk"
        case .isoF: "csp.hci.ic.gov"
        case .europeanSovereign: "amazonaws.eu"
        }
    }

    /// The domain of the hosts that also have IPv6 addresses.
    package var dualstackSuffix: String {
        switch self {
        case .commercial, .govCloud: "api.aws"
        case .china: "api.amazonwebservices.com.cn"
        case .iso: "api.aws.ic.gov"
        case .isoB: "api.aws.scloud"
        case .isoE: "api.cloud-aws.adc-e.uk"
        case .isoF: "api.aws.hci.ic.gov"
        case .europeanSovereign: "api.amazonwebservices.eu"
        }
    }

    /// The name of Cognito identity pools in trust policies (Amazon Cognito Developer Guide, "Role trust and
    /// permissions").
    package func cognitoHost(region: String) -> String {
        switch self {
        case .china: "cognito-identity.\(region).amazonaws.com.cn"
        case .govCloud: "cognito-identity-us-gov.amazonaws.com"
        default: "cognito-identity.amazonaws.com"
        }
    }
}
