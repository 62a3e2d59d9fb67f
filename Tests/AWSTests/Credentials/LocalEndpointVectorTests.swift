// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import AWS

/// smithy-rs's vectors for the addresses of container and instance credentials.
@Suite struct LocalEndpointVectorTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Outcome: Decodable, Sendable {
            let Ok: String?
            let Err: String?
            let ErrorContains: String?
        }
        let docs: String
        let env: [String: String]
        let fs: [String: String]?
        let endpoint_override: String?
        let mode_override: String?
        let result: Outcome

        var testDescription: String { docs }
    }

    private struct File: Decodable { let tests: [Case] }

    private static func cases(_ name: String) -> [Case] {
        (try? JSONDecoder().decode(File.self, from: Vectors.data("aws/\(name)")).tests) ?? []
    }

    static let containers = cases("ecs-tests.json")
    static let metadata = cases("imds-endpoint-tests.json")

    @Test("finds 11 container vectors and 14 metadata vectors")
    func count() {
        #expect(Self.containers.count == 11)
        #expect(Self.metadata.count == 14)
        print("container endpoints: \(Self.containers.count) of 11")
        print("metadata endpoints: \(Self.metadata.count) of 14")
    }

    @Test("resolves the container endpoint of a vector", arguments: containers)
    func container(vector: Case) throws {
        let environment = EnvironmentVariables(vector.env)
        if vector.env.isEmpty {
            #expect(try ContainerEndpoint(environment) == nil)
        } else if let url = vector.result.Ok {
            #expect(try ContainerEndpoint(environment)?.url == url)
        } else {
            let problem = #expect(throws: BrokerCredentialError.self) { try ContainerEndpoint(environment) }
            #expect(problem?.description.contains("expected an absolute http or https URL") == true)
        }
    }

    /// The vectors' overrides in code are set in the environment here, which also takes precedence over the profile.
    @Test("resolves the metadata endpoint of a vector", arguments: metadata)
    func instance(vector: Case) throws {
        var all = vector.env
        if let override = vector.endpoint_override { all["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = override }
        if let override = vector.mode_override { all["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = override }
        let environment = EnvironmentVariables(all)
        let shared = try SharedConfiguration.read(environment, MemoryFiles(vector.fs ?? [:]))
        if let url = vector.result.Ok {
            #expect(try MetadataEndpoint(environment, profile: shared.profile)?.tokenURL == url)
        } else {
            let problem = #expect(throws: BrokerCredentialError.self) {
                try MetadataEndpoint(environment, profile: shared.profile)
            }
            let detail =
                vector.docs.contains("mode") ? "expected IPv4 or IPv6" : "expected an absolute http or https URL"
            #expect(problem?.description.contains(detail) == true)
        }
    }
}
