// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import BrokerConfiguration

/// A valid configuration file, of which tests change single lines.
enum SettingsFixture {
    static let text = """
        listen: 127.0.0.1:8080
        admin: 127.0.0.1:8081
        aws: {region: us-west-2, account: "123456789012"}
        issuers:
          - issuer: https://login.example.com/
            audiences: [shop]
            keys: https://login.example.com/jwks.json
            algorithms: [RS256]
            leeway: 30s
            maximum-lifetime: 12h
        cache: {minimum-life: 5m, entries: 100}
        limits: {connections: 100, header-timeout: 5s, idle-timeout: 30s, drain: 2s, exchange-timeout: 4s}
        apps:
          shop:
            origins: [https://shop.example.com]
            signed-in:
              monitor: {name: Shop_Users, id: 11111111-2222-3333-4444-555555555555}
              issuers: [https://login.example.com/]
              exchange: web-identity
              role: arn:aws:iam::123456789012:role/RumSignedIn
              session: 1h
            guest:
              monitor: {name: Shop_Guests, id: 66666666-7777-8888-9999-000000000000}
              exchange: assume-role
              role: arn:aws:iam::123456789012:role/RumGuest
              session: 30m
        """

    static func read(_ text: String) throws -> Settings {
        try SettingsFile.parse(text, file: "f", variables: [:])
    }

    /// The file with `old` replaced by `new`, which must occur exactly once.
    static func replacing(_ old: String, by new: String) -> String {
        precondition(text.components(separatedBy: old).count == 2, "\(old) does not occur exactly once")
        return text.replacingOccurrences(of: old, with: new)
    }

    /// The problems of `text`, as they are printed; none if it is valid.
    static func problems(_ text: String, variables: [String: String] = [:]) -> [String] {
        do throws(ConfigurationError) {
            _ = try SettingsFile.parse(text, file: "f", variables: variables)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }
}
