// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Testing

@testable import Service

/// Compares each closed list of the code with the description, so that the description stays current.
@Suite struct APIDescriptionTests {
    private typealias JSON = [String: Any]

    private let document: JSON

    init() throws {
        let json = try JSONSerialization.jsonObject(with: Data(APIDescription.json))
        document = try #require(json as? JSON)
    }

    private func components(_ name: String) throws -> JSON {
        try #require((document["components"] as? JSON)?[name] as? JSON)
    }

    private func resolved(_ json: Any?) throws -> JSON {
        let object = try #require(json as? JSON)
        guard let reference = object["$ref"] as? String else { return object }
        let parts = reference.split(separator: "/").map(String.init)
        try #require(parts.count == 4 && parts[1] == "components", "\(reference)")
        return try #require(try components(parts[2])[parts[3]] as? JSON, "\(reference)")
    }

    private func operations() throws -> [(path: String, method: String, operation: JSON)] {
        let paths = try #require(document["paths"] as? JSON)
        return try paths.flatMap { path, item in
            try resolved(item).compactMap { method, operation in
                ["get", "head", "post", "options", "put", "delete", "patch"].contains(method)
                    ? (path, method, try #require(operation as? JSON)) : nil
            }
        }
    }

    @Test("describes every app resource with its path and method, and no other app path")
    func resources() throws {
        let harness = try ServiceHarness()
        let described = try operations().filter { $0.path.hasPrefix("/v1/apps/{app}/") && $0.method != "options" }
        #expect(described.count == Target.Resource.allCases.count)
        for resource in Target.Resource.allCases {
            let found = described.filter { $0.operation["x-endpoint"] as? String == resource.rawValue }
            #expect(found.count == 1, "\(resource)")
            let path = try #require(found.first?.path)
            #expect(path.hasPrefix("/v1/apps/{app}/\(resource.rawValue)"))
            let example = path.replacing("{app}", with: "shop")
                .replacing("{id}", with: "11111111-2222-3333-4444-555555555555")
            #expect(Target(path: example)?.resource == resource)
            #expect(harness.service.method(of: resource).rawValue.lowercased() == found.first?.method)
        }
    }

    @Test("describes every published file except the demo store, which is not an API")
    func files() throws {
        let names = try Set(operations().compactMap { $0.operation["x-endpoint"] as? String })
        #expect(names == Set(EndpointLabel.allCases.map(\.name)).subtracting([PublishedFile.Kind.demo.rawValue]))
    }

    @Test("describes every error code with its status and title in every format, and no other code")
    func problems() throws {
        let responses = try components("responses")
        var described: [String: Set<Int>] = [:]
        for (name, response) in responses {
            let content = (response as? JSON)?["content"] as? JSON ?? [:]
            guard let media = content["application/problem+json"] as? JSON else { continue }
            for (code, example) in media["examples"] as? JSON ?? [:] {
                let problem = try #require(ErrorCode(rawValue: code), "\(name) has \(code)")
                let value = try #require((example as? JSON)?["value"] as? JSON)
                #expect(value["title"] as? String == problem.title && value["code"] as? String == code, "\(code)")
                described[code, default: []].insert(try #require(value["status"] as? Int))
            }
        }
        for problem in ErrorCode.allCases {
            #expect(described[problem.rawValue]?.contains(problem.status.code) == true, "\(problem)")
        }
        let codes = try #require((try components("schemas")["Code"] as? JSON)?["enum"] as? [String])
        #expect(codes == ErrorCode.allCases.map(\.rawValue).sorted())
        #expect(Set(described.keys) == Set(codes))
    }

    @Test("describes every STS error with its status, and no other error")
    func securityTokenErrors() throws {
        var described: [String: Int] = [:]
        let pattern = #/<Code>(.*?)</Code>/#
        let operations = try operations().filter { $0.operation["x-endpoint"] as? String == "sts" }
        let responses = try operations.flatMap { try #require($0.operation["responses"] as? JSON) }
        for (status, reference) in responses {
            let content = try resolved(reference)["content"] as? JSON
            let examples = (content?["text/xml"] as? JSON)?["examples"] as? JSON ?? [:]
            for (code, example) in examples {
                let text = (example as? JSON)?["value"] as? String ?? ""
                #expect(text.firstMatch(of: pattern).map { String($0.1) } == code)
                described[code] = Int(status)
            }
        }
        let codes = SecurityTokenError.Code.allCases
        #expect(described == Dictionary(uniqueKeysWithValues: codes.map { ($0.rawValue, $0.status.code) }))
    }

    @Test("resolves every reference, and has a summary for every operation and a description for every response")
    func complete() throws {
        for (path, method, operation) in try operations() {
            #expect(operation["summary"] is String, "\(method) \(path)")
            for (status, response) in try #require(operation["responses"] as? JSON) {
                let response = try resolved(response)
                #expect(response["description"] is String, "\(method) \(path) \(status)")
                for header in (response["headers"] as? JSON ?? [:]).values { _ = try resolved(header) }
            }
        }
    }

    @Test("examples contain only the access key id of AWS's documentation")
    func examples() {
        let text = String(decoding: APIDescription.json, as: UTF8.self)
        let keys = text.matches(of: #/A[KS]IA[A-Z0-9]{12,}/#).map { String($0.0) }
        #expect(Set(keys) == ["ASIAIOSFODNN7EXAMPLE"])
    }
}
