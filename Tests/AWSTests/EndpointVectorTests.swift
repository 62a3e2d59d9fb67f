// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import AWS

/// botocore's endpoint vectors of the three services, and its matrix of Regions and variants.
@Suite struct EndpointVectorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let service: String
        let name: String
        let region: String?
        let fips: Bool
        let dualstack: Bool
        let custom: String?
        let isGlobal: Bool
        let url: String?
        let error: String?

        var testDescription: String { "\(service): \(name)" }

        /// Why a case does not apply to Purser; `nil` for one that does.
        var skipReason: String? {
            guard let region else { return "no Region, but Purser's configuration always has one" }
            if isGlobal { return "UseGlobalEndpoint, which Purser has no setting for" }
            return Region(region) == nil ? "a pseudo-Region, for which nothing is signed" : nil
        }
    }

    static let all =
        ["sts", "rum", "cognito-identity"].flatMap { (try? cases(of: $0)) ?? [] } + ((try? matrix()) ?? [])
    static let applicable = all.filter { $0.skipReason == nil }

    @Test("finds all endpoint vectors and skips only those with a reason")
    func count() throws {
        #expect(try ["sts", "rum", "cognito-identity"].map { try Self.cases(of: $0).count } == [69, 30, 35])
        #expect(try Self.matrix().count == 636)
        let others = Dictionary(grouping: Self.all.compactMap(\.skipReason), by: { $0 }).mapValues(\.count)
        print("endpoints: \(Self.applicable.count) of \(Self.all.count) apply to Purser")
        for (reason, count) in others.sorted(by: { $0.key < $1.key }) {
            print("endpoints: \(count) skipped: \(reason)")
        }
        #expect(Self.applicable.count + others.values.reduce(0, +) == Self.all.count)
    }

    @Test("builds botocore's endpoint, or rejects the settings as botocore does", arguments: applicable)
    func endpoint(row: Case) throws {
        let region = try #require(Region(row.region ?? ""))
        var environment = [
            "AWS_USE_FIPS_ENDPOINT": String(row.fips), "AWS_USE_DUALSTACK_ENDPOINT": String(row.dualstack),
        ]
        environment["AWS_ENDPOINT_URL"] = row.custom
        if let error = row.error {
            let problem = #expect(throws: EndpointError.self) {
                try Endpoints(environment: environment, files: MemoryFiles())
            }
            let word = error.contains("FIPS") ? "FIPS" : "dualstack"
            #expect(problem?.description.contains("\(word) and a custom endpoint") == true)
            return
        }
        let endpoints = try Endpoints(environment: environment, files: MemoryFiles())
        let endpoint =
            switch row.service {
            case "sts": endpoints.sts(in: region)
            case "rum": endpoints.rumDataPlane(in: region)
            default: endpoints.cognitoIdentity(in: region)
            }
        #expect(endpoint.url == row.url)
    }

    @Test("partitions have botocore's domains and Regions")
    func partitions() throws {
        let file = try JSONDecoder().decode(
            PartitionFile.self, from: Vectors.data("aws/endpoint-tests/partitions.json"))
        #expect(Set(file.partitions.map(\.id)) == Set(Partition.allCases.map(\.rawValue)))
        for row in file.partitions {
            let partition = try #require(Partition(rawValue: row.id))
            #expect(partition.dnsSuffix == row.outputs.dnsSuffix)
            #expect(partition.dualstackSuffix == row.outputs.dualStackDnsSuffix)
            // Each partition has a pseudo-Region, such as `aws-global`.
            for name in row.regions.keys where Region(name) != nil {
                #expect(Partition(regionNamed: name) == partition, "\(name)")
            }
        }
    }

    private static func cases(of service: String) throws -> [Case] {
        let file = try JSONDecoder().decode(
            CaseFile.self, from: Vectors.data("aws/endpoint-tests/\(service)-endpoint-tests-1.json"))
        return file.testCases.map { row in
            // These are the control plane's hosts; the data plane's have one more label (the matrix has them).
            let isControlPlane = service == "rum" && row.params?.Endpoint == nil
            return Case(
                service: service, name: row.documentation ?? "", region: row.params?.Region,
                fips: row.params?.UseFIPS ?? false, dualstack: row.params?.UseDualStack ?? false,
                custom: row.params?.Endpoint, isGlobal: row.params?.UseGlobalEndpoint ?? false,
                url: row.expect.endpoint.map {
                    isControlPlane ? $0.url.replacingOccurrences(of: "://", with: "://dataplane.") : $0.url
                },
                error: row.expect.error)
        }
    }

    private static func matrix() throws -> [Case] {
        try JSONDecoder().decode([MatrixRow].self, from: Vectors.data("aws/endpoint-tests/endpoint-matrix.json")).map {
            Case(
                service: $0.service, name: "\($0.region) fips \($0.fips) dualstack \($0.dualstack)", region: $0.region,
                fips: $0.fips, dualstack: $0.dualstack, custom: nil, isGlobal: false, url: $0.url, error: nil)
        }
    }

    private struct CaseFile: Decodable {
        struct Row: Decodable {
            struct Parameters: Decodable {
                let Region: String?
                let UseFIPS: Bool?
                let UseDualStack: Bool?
                let UseGlobalEndpoint: Bool?
                let Endpoint: String?
            }
            struct Expectation: Decodable {
                struct Found: Decodable { let url: String }
                let endpoint: Found?
                let error: String?
            }
            let documentation: String?
            let params: Parameters?
            let expect: Expectation
        }
        let testCases: [Row]
    }

    private struct PartitionFile: Decodable {
        struct Row: Decodable {
            struct Outputs: Decodable {
                let dnsSuffix: String
                let dualStackDnsSuffix: String
            }
            struct Region: Decodable {}
            let id: String
            let outputs: Outputs
            let regions: [String: Region]
        }
        let partitions: [Row]
    }

    private struct MatrixRow: Decodable {
        let service: String
        let region: String
        let fips: Bool
        let dualstack: Bool
        let url: String
    }
}
