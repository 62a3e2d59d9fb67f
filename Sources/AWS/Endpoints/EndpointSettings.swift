// SPDX-License-Identifier: Apache-2.0

/// Endpoint settings from the environment and the active profile. Variables take precedence.
struct EndpointSettings {
    enum Place: Hashable, Sendable, CustomStringConvertible {
        case variable(String)
        /// Text that names the profile and the setting.
        case file(String)

        var description: String {
            switch self {
            case .variable(let text), .file(let text): text
            }
        }
    }

    private let environment: EnvironmentVariables
    private let shared: SharedConfiguration

    init(_ environment: [String: String], _ files: any FileReader) throws(EndpointError) {
        self.environment = EnvironmentVariables(environment)
        do throws(BrokerCredentialError) {
            shared = try SharedConfiguration.read(self.environment, files)
        } catch {
            throw EndpointError(error)
        }
    }

    func flag(_ variable: String, _ setting: String) throws(EndpointError) -> (isOn: Bool, place: Place) {
        let place: Place
        let text: String?
        if let value = environment[variable] {
            (place, text) = (.variable(variable), value)
        } else {
            (place, text) = (.file("profile \(shared.profileName): \(setting)"), shared.profile?[setting])
        }
        switch text?.lowercased() {
        case nil, "false": return (false, place)
        case "true": return (true, place)
        default: throw EndpointError(place, expected: "true or false")
        }
    }

    /// In order of precedence: `AWS_ENDPOINT_URL_SERVICE`, `AWS_ENDPOINT_URL`, the profile's `services` section, the
    /// profile's `endpoint_url`. An invalid value is an error even if it has no effect.
    func override(of service: AWSService) throws(EndpointError) -> (Endpoint, place: String)? {
        let profile = "profile \(shared.profileName)"
        let candidates: [(Place, String?)] = [
            (.variable(service.variable), environment[service.variable]),
            (.variable("AWS_ENDPOINT_URL"), environment["AWS_ENDPOINT_URL"]),
            (
                .file("\(profile): services: \(service.section): endpoint_url"),
                shared.service(service.section)["endpoint_url"].flatMap { $0.isEmpty ? nil : $0 }
            ),
            (.file("\(profile): endpoint_url"), shared.profile?["endpoint_url"]),
        ]
        var found: (Endpoint, String)?
        for (place, text) in candidates {
            guard let text else { continue }
            guard let endpoint = Endpoint(text) else {
                throw EndpointError(place, expected: "an absolute http or https URL without user and query")
            }
            found = found ?? (endpoint, place.description)
        }
        return found
    }
}
