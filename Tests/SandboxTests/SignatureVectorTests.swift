// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Sandbox

@Suite("SigV4 verification against independent test vectors")
struct SignatureVectorTests {
    static var cases: [String] {
        get throws {
            let folder = Vectors.directory.appendingPathComponent("sigv4/aws-c-auth-v4")
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        }
    }

    @Test("there are 38 cases of aws-c-auth and 10 signed service requests")
    func count() throws {
        #expect(try Self.cases.count == 38)
        #expect(try ServiceRequest.all.count == 10)
    }

    @Test("verifies a signed request in header form and in query form", arguments: try cases, ["header", "query"])
    func verifies(name: String, form: String) throws {
        let vector = try SignatureVector(name, form: form)
        #expect(try vector.verify(vector.request) == "holder")
    }

    @Test(
        "rejects a request with a change in method, path, query, body, header or signature", arguments: try cases,
        ["header", "query"])
    func rejectsChanges(name: String, form: String) throws {
        let vector = try SignatureVector(name, form: form)
        for (part, change) in vector.changes {
            var request = vector.request
            change(&request)
            #expect(throws: SignatureError.self, "\(part)") { try vector.verify(request) }
        }
    }

    @Test("rejects a signature of another secret", arguments: try cases, ["header", "query"])
    func otherSecret(name: String, form: String) throws {
        let vector = try SignatureVector(name, form: form)
        #expect(throws: SignatureError.mismatch) { try vector.verify(vector.request, secret: "another") }
    }

    @Test("rejects a security token that the signature does not cover", arguments: ["header", "query"])
    func unsignedToken(form: String) throws {
        let vector = try SignatureVector("post-sts-header-after", form: form, keepingUnsignedToken: true)
        #expect(throws: SignatureError.self) { try vector.verify(vector.request) }
    }

    @Test("verifies requests signed by botocore", arguments: try ServiceRequest.all)
    func service(vector: ServiceRequest) throws {
        #expect(try vector.verify(vector.signed) == "holder")
        var changed = vector.signed
        changed.body.append(0x20)
        #expect(throws: SignatureError.mismatch) { try vector.verify(changed) }
    }
}
