import Foundation
import TestSupport
import Testing

@testable import Sandbox

@Suite("SigV4 verification against requests that others signed")
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

    @Test("a signed request verifies, in both forms", arguments: try cases, ["header", "query"])
    func verifies(name: String, form: String) throws {
        let vector = try SignatureVector(name, form: form)
        #expect(try vector.verify(vector.request) == "holder")
    }

    @Test(
        "one changed byte of path, query, body, header or signature is noticed", arguments: try cases,
        ["header", "query"])
    func noticesChanges(name: String, form: String) throws {
        let vector = try SignatureVector(name, form: form)
        for (what, change) in vector.changes {
            var request = vector.request
            change(&request)
            #expect(throws: SignatureError.self, "\(what)") { try vector.verify(request) }
        }
    }

    @Test("another secret does not verify", arguments: try cases, ["header", "query"])
    func otherSecret(name: String, form: String) throws {
        let vector = try SignatureVector(name, form: form)
        #expect(throws: SignatureError.mismatch) { try vector.verify(vector.request, secret: "another") }
    }

    @Test("a security token that was left out of the signature is refused", arguments: ["header", "query"])
    func unsignedToken(form: String) throws {
        let vector = try SignatureVector("post-sts-header-after", form: form, keepingUnsignedToken: true)
        #expect(throws: SignatureError.self) { try vector.verify(vector.request) }
    }

    @Test("requests signed by botocore verify", arguments: try ServiceRequest.all)
    func service(vector: ServiceRequest) throws {
        #expect(try vector.verify(vector.signed) == "holder")
        var changed = vector.signed
        changed.body.append(0x20)
        #expect(throws: SignatureError.mismatch) { try vector.verify(changed) }
    }
}
