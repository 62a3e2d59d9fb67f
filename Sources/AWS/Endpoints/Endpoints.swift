// SPDX-License-Identifier: Apache-2.0

/// The base URLs of AWS's services: the Region's hosts, or overrides in the standard variables and the shared config
/// file ("Service-specific endpoints" and "Dual-stack and FIPS endpoints", AWS SDKs and Tools Reference Guide).
package struct Endpoints: Sendable {
    /// The host of AWS's global STS endpoint, which lacks actions that the regional ones have.
    package static let globalSTSHost = "sts.amazonaws.com"

    private let overrides: [AWSService: Endpoint]
    private let fips: Bool
    private let dualstack: Bool

    /// Blocks on the disk.
    /// - Parameters:
    ///   - environment: the process's variables; empty ones count as unset.
    ///   - files: reads the shared files.
    package init(
        environment: [String: String], files: any FileReader = SystemFiles()
    ) throws(EndpointError) {
        let settings = try EndpointSettings(environment, files)
        let ignored = try settings.flag(
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"
        ).isOn
        var overrides: [AWSService: Endpoint] = [:]
        var place: String?
        for service in AWSService.allCases {
            guard let (endpoint, source) = try settings.override(of: service), !ignored else { continue }
            overrides[service] = endpoint
            place = place ?? source
        }
        let fips = try settings.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
        let dualstack = try settings.flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
        for (flag, variant) in [(fips, "FIPS"), (dualstack, "dualstack")] where flag.isOn {
            guard let place else { continue }
            throw EndpointError(
                flag.place, expected: "false: \(variant) and a custom endpoint (\(place)) exclude each other")
        }
        self.overrides = overrides
        self.fips = fips.isOn
        self.dualstack = dualstack.isOn
    }

    /// The Security Token Service.
    package func sts(in region: Region) -> Endpoint { endpoint(.sts, region) }

    /// CloudWatch RUM's data plane, where browsers send their events.
    package func rumDataPlane(in region: Region) -> Endpoint { endpoint(.rum, region) }

    /// Cognito identity pools.
    package func cognitoIdentity(in region: Region) -> Endpoint { endpoint(.cognitoIdentity, region) }

    private func endpoint(_ service: AWSService, _ region: Region) -> Endpoint {
        overrides[service] ?? Endpoint(host: service.host(in: region, fips: fips, dualstack: dualstack))
    }
}

/// An invalid endpoint setting. The description never contains the value, which can include a password.
package struct EndpointError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The invalid environment variable; `nil` if the setting is in a file.
    package let variable: String?
    package let description: String

    init(_ place: EndpointSettings.Place, expected: String) {
        switch place {
        case .variable(let name):
            variable = name
            description = "environment variable \(name): expected \(expected)"
        case .file(let text):
            variable = nil
            description = "\(text): expected \(expected)"
        }
    }

    init(_ problem: BrokerCredentialError) {
        variable = nil
        description = problem.description
    }
}
