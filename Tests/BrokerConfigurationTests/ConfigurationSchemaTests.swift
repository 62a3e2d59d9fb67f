// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrictJSON
import Testing
import Yams

@testable import BrokerConfiguration

/// Holds the schema that `purser schema` prints to the decoders, which report every name that they request.
@Suite struct ConfigurationSchemaTests {
    /// Names that decoders request in order to reject them.
    private static let rejected: [String: Set<String>] = ["apps.*.guest": ["subject", "source-identity"]]

    /// Together these files have each mapping that the decoders know. They need not be valid.
    private static let documents = [
        """
        listen: {address: "127.0.0.1:0", tls: {}}
        admin: {address: "127.0.0.1:1", tls: {}}
        aws: {}
        issuers:
          - require: [{claim: a, present: true}]
            backchannel-logout: {name: a}
        minting: {}
        pseudonyms: {}
        logouts: {}
        audit: {}
        log: {}
        cache: {}
        limits: {}
        apps:
          shop:
            signed-in:
              monitor: {}
              exchange: assume-role
              require: [{claim: a, present: true}]
              user-details: {claim: a}
              tags: {team: {claim: a}}
            guest: {monitor: {}, exchange: cognito}
          blog:
            signed-in: {monitor: {}, exchange: cognito}
        """
    ]

    @Test("has the settings of each mapping that the decoders know, and no others")
    func names() throws {
        var known: [String: Set<String>] = [:]
        for document in Self.documents {
            let diagnostics = Diagnostics(file: "f")
            let root = try #require(try Yams.compose(yaml: document))
            _ = try? SettingsFile.decode(root, diagnostics, variables: [:])
            for (path, names) in diagnostics.knownSettings {
                known[Self.general(path), default: []].formUnion(names)
            }
        }
        let schema = try Self.schemaNames()
        for path in Set(known.keys).union(schema.keys).sorted() {
            let place = path.isEmpty ? "the top" : path
            guard let decoded = known[path] else {
                Issue.record("\(place): in the schema, but no document of this test has a mapping there")
                continue
            }
            guard let described = schema[path] else {
                Issue.record("\(place): the schema has no mapping there; the decoders know \(decoded.sorted())")
                continue
            }
            let expected = decoded.subtracting(Self.rejected[path] ?? [])
            let (missing, extra) = (expected.subtracting(described), described.subtracting(expected))
            #expect(missing.isEmpty, "\(place): configuration.schema.json lacks \(missing.sorted())")
            #expect(extra.isEmpty, "\(place): only configuration.schema.json has \(extra.sorted())")
        }
    }

    @Test("rejects unknown names in each mapping of settings")
    func closed() throws {
        try Self.eachMapping { path, mapping in
            #expect(mapping["additionalProperties"]?.bool == false, "\(path)")
        }
    }

    private static func schemaNames() throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        try eachMapping { path, mapping in
            found[path, default: []].formUnion(mapping["properties"]?.object?.members.map(\.name) ?? [])
        }
        return found
    }

    /// Calls `body` for each schema with `properties`.
    private static func eachMapping(_ body: (_ path: String, JSONObject) -> Void) throws {
        let root = try #require(try JSONValue.parse(Array(ConfigurationSchema.text.utf8)).object)
        let definitions = try #require(root["$defs"]?.object)
        func walk(_ schema: JSONObject, _ path: String) throws {
            if let reference = schema["$ref"]?.string {
                try walk(#require(definitions[String(reference.dropFirst("#/$defs/".count))]?.object), path)
            }
            for alternative in schema["anyOf"]?.array ?? [] { try walk(#require(alternative.object), path) }
            if let items = schema["items"]?.object { try walk(items, path + "[]") }
            if let values = schema["additionalProperties"]?.object { try walk(values, path + ".*") }
            guard let properties = schema["properties"]?.object else { return }
            body(path, schema)
            for (name, value) in properties.members {
                try walk(#require(value.object), path.isEmpty ? name : "\(path).\(name)")
            }
        }
        try walk(root, "")
    }

    /// A path of diagnostics without indexes and without names that the operator chooses.
    private static func general(_ path: String) -> String {
        path.replacing(#/\[[0-9]+\]/#, with: "[]").replacing(#/^apps\.[^.]+/#, with: "apps.*")
            .replacing(#/\.tags\..+$/#, with: ".tags.*")
    }
}
