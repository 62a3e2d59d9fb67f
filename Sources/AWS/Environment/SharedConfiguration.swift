// SPDX-License-Identifier: Apache-2.0

/// The shared config and credentials files, and the active profile.
struct SharedConfiguration: Sendable, CustomReflectable, CustomStringConvertible {
    /// `AWS_PROFILE`, or `default`.
    let profileName: String
    /// Whether `AWS_PROFILE` selects the profile.
    let isProfileNamed: Bool
    private let config: [String: [String: String]]
    private let credentials: [String: [String: String]]
    /// `[services NAME]` of the config file: settings by service.
    private let services: [String: [String: [String: String]]]

    static func read(
        _ environment: EnvironmentVariables, _ files: any FileReader
    ) throws(BrokerCredentialError) -> SharedConfiguration {
        func file(_ variable: String, _ name: String) throws(BrokerCredentialError) -> SharedFile {
            let home = environment["HOME"]
            var path = environment[variable] ?? home.map { "\($0)/.aws/\(name)" }
            if let home, let named = path, named.hasPrefix("~/") { path = home + named.dropFirst() }
            guard let path else { return SharedFile(sections: []) }
            return try SharedFile.read(path, files)
        }
        return SharedConfiguration(
            profileName: environment["AWS_PROFILE"],
            config: try file("AWS_CONFIG_FILE", "config"),
            credentials: try file("AWS_SHARED_CREDENTIALS_FILE", "credentials"))
    }

    private init(profileName: String?, config: SharedFile, credentials: SharedFile) {
        self.profileName = profileName ?? "default"
        isProfileNamed = profileName != nil
        var profiles: [String: [String: String]] = [:]
        var services: [String: [String: [String: String]]] = [:]
        // `[profile default]` takes precedence over `[default]`.
        let hasPrefixedDefault = config.sections.contains { Self.name($0.header, prefix: "profile") == "default" }
        for section in config.sections {
            if let name = Self.name(section.header, prefix: "services") {
                services[name, default: [:]].merge(section.properties.mapValues(\.nested)) { _, new in new }
            } else if let name = Self.name(section.header, prefix: "profile")
                ?? (section.header == "default" && !hasPrefixedDefault ? "default" : nil)
            {
                profiles[name, default: [:]].merge(section.properties.mapValues(\.value)) { _, new in new }
            }
        }
        self.config = profiles
        self.services = services
        self.credentials = credentials.sections.reduce(into: [:]) { all, section in
            all[section.header, default: [:]].merge(section.properties.mapValues(\.value)) { _, new in new }
        }
    }

    /// - Returns: `nil` if neither file contains it.
    func profile(_ name: String) -> Profile? {
        let (config, credentials) = (config[name], credentials[name])
        guard config != nil || credentials != nil else { return nil }
        return Profile(name: name, credentialsFile: credentials ?? [:], configFile: config ?? [:])
    }

    /// The active profile.
    var profile: Profile? { profile(profileName) }

    /// The settings of a service in the `services` section of the active profile.
    /// - Parameter name: the section's name for the service.
    func service(_ name: String) -> [String: String] {
        profile?["services"].flatMap { services[$0]?[name] } ?? [:]
    }

    var description: String { "shared configuration, profile \(profileName)" }
    var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The text after the prefix, without quotes.
    private static func name(_ header: String, prefix: String) -> String? {
        guard header.hasPrefix(prefix + " ") else { return nil }
        let name = header.dropFirst(prefix.count + 1)
        for quote in ["\"", "'"] where name.count > 2 && name.hasPrefix(quote) && name.hasSuffix(quote) {
            return String(name.dropFirst().dropLast())
        }
        return String(name)
    }
}
