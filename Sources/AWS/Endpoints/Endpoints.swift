/// Where the services are: the Region's own hosts, or the overrides of the standard `AWS_ENDPOINT_URL*` variables.
package struct Endpoints: Sendable {
    private let stsOverride: Endpoint?
    private let rumOverride: Endpoint?

    /// - Parameter environment: the process's variables; empty ones count as unset.
    package init(environment: [String: String]) throws(EndpointProblem) {
        let ignored = try Self.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", environment)
        let general = try Self.endpoint("AWS_ENDPOINT_URL", environment)
        let sts = try Self.endpoint("AWS_ENDPOINT_URL_STS", environment) ?? general
        let rum = try Self.endpoint("AWS_ENDPOINT_URL_RUM", environment) ?? general
        stsOverride = ignored ? nil : sts
        rumOverride = ignored ? nil : rum
    }

    /// The Security Token Service.
    package func sts(in region: Region) -> Endpoint {
        stsOverride ?? Endpoint(host: "sts.\(region).\(region.partition.dnsSuffix)")
    }

    /// CloudWatch RUM's data plane, where browsers send their events.
    package func rumDataPlane(in region: Region) -> Endpoint {
        rumOverride ?? Endpoint(host: "dataplane.rum.\(region).\(region.partition.dnsSuffix)")
    }

    private static func endpoint(
        _ name: String, _ environment: [String: String]
    ) throws(EndpointProblem) -> Endpoint? {
        guard let text = environment[name], !text.isEmpty else { return nil }
        guard let endpoint = Endpoint(text) else {
            throw EndpointProblem(variable: name, expected: "an absolute http or https URL without user and query")
        }
        return endpoint
    }

    private static func flag(_ name: String, _ environment: [String: String]) throws(EndpointProblem) -> Bool {
        switch environment[name]?.lowercased() {
        case nil, "", "false": false
        case "true": true
        default: throw EndpointProblem(variable: name, expected: "true or false")
        }
    }
}

/// A variable that says something else than it may.
package struct EndpointProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let variable: String
    package let expected: String

    package var description: String { "\(variable): expected \(expected)" }
}
