import Foundation
import TestSupport
import Testing

@testable import AWS

/// smithy-rs's cases of where the container's and the instance's credentials are.
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

    @Test("11 container cases and 14 metadata cases are there")
    func count() {
        #expect(Self.containers.count == 11)
        #expect(Self.metadata.count == 14)
        print("container endpoints: \(Self.containers.count) of 11")
        print("metadata endpoints: \(Self.metadata.count) of 14")
    }

    @Test("the container's address", arguments: containers)
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

    /// What the cases set in code has the environment as its nearest thing here: it too beats the profile.
    @Test("the metadata service's address", arguments: metadata)
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
            let words =
                vector.docs.contains("mode") ? "expected IPv4 or IPv6" : "expected an absolute http or https URL"
            #expect(problem?.description.contains(words) == true)
        }
    }
}
