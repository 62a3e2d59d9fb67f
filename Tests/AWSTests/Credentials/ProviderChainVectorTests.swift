// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Outbound
import Testing

@testable import AWS

/// The 29 vectors of smithy-rs: variables, files, recorded traffic and the result.
@Suite struct ProviderChainVectorTests {
    static let names =
        (try? FileManager.default.contentsOfDirectory(
            atPath: Vectors.directory.appendingPathComponent("aws/provider-chain").path))?.sorted() ?? []
    /// Vectors for single sign-on, which Purser does not support.
    static let declined: Set = [
        "e2e_fips_and_dual_stack_sso", "sso_assume_role", "sso_no_token_file", "sso_server_error",
    ]
    static let run = names.filter { !declined.contains($0) }

    /// Purser's error details for the vectors that fail.
    static let details = [
        "eks_pod_identity_no_token_file": "/token.jwt does not exist",
        "imds_default_chain_error":
            "none are configured, and EC2 instance metadata: HTTP 404: the instance has no role",
        "imds_disabled": "AWS_EC2_METADATA_DISABLED disables instance metadata",
        "imds_no_iam_role": "profile default: EC2 instance metadata: HTTP 404: the instance has no role",
        "imds_token_fail": "profile default: EC2 instance metadata: HTTP 403: it is turned off",
        "profile_overrides_web_identity": "credential_source is Environment, where there are no keys",
        "web_identity_source_profile_no_env": "profile B: web_identity_token_file is set without role_arn",
        "web_identity_token_invalid_jwt":
            "InvalidIdentityToken (HTTP 400, request 5045ca91-d123-4749-9d66-00a3c906be6c)",
    ]

    @Test("finds all 29 vectors and skips only those for single sign-on")
    func count() {
        #expect(Self.names.count == 29)
        #expect(Self.declined.isSubset(of: Self.names))
        print(
            "provider chain: \(Self.run.count) of \(Self.names.count), \(Self.declined.count) declined (SSO): "
                + Self.declined.sorted().joined(separator: ", "))
    }

    @Test("the chain returns the vector's credentials with exactly the recorded requests", arguments: run)
    func vector(name: String) async throws {
        let vector = try ChainVector(name)
        let outcome: Result<SigningCredentials, BrokerCredentialError>
        do throws(BrokerCredentialError) {
            outcome = .success(try await vector.chain.load().credentials)
        } catch {
            outcome = .failure(error)
        }
        switch (outcome, vector.expected) {
        case (.success(let credentials), let expected?):
            #expect(credentials.accessKeyID == expected.access_key_id)
            #expect(credentials.secretAccessKey == expected.secret_access_key)
            #expect(credentials.sessionToken == expected.session_token)
            #expect(credentials.expiration?.timeIntervalSince1970 == expected.expiry)
        case (.failure(let problem), nil):
            let detail = try #require(Self.details[name])
            #expect(problem.description.contains(detail), "\(problem)")
        case (.success, nil): Issue.record("expected an error, but got credentials")
        case (.failure(let problem), _?): Issue.record("\(problem)")
        }
        #expect(vector.transport.differences.isEmpty)
        #expect(vector.transport.left == 0, "recorded requests that were not sent")
        for token in vector.transport.sent.filter({ $0.method == .get }).flatMap(\.headers)
        where token.name == "Authorization" {
            #expect(vector.content.contains(token.value))
        }
        for request in vector.transport.sent where request.method == .post {
            let form = ReplayTransport.form(request.body)
            // Some recordings were made with other ARNs and tokens than the case now has.
            #expect(vector.content.contains(form["RoleArn"] ?? "no ARN"))
            if let token = form["WebIdentityToken"] { #expect(vector.content.contains(token)) }
        }
    }

    @Test("rejects single sign-on and sends nothing", arguments: declined.sorted())
    func decline(name: String) async throws {
        let vector = try ChainVector(name)
        let problem = await #expect(throws: BrokerCredentialError.self) { try await vector.chain.load() }
        #expect(problem?.description.contains("single sign-on") == true)
        #expect(vector.transport.sent.isEmpty)
    }
}

/// One folder of `aws/provider-chain`.
private struct ChainVector {
    struct Case: Decodable {
        struct Outcome: Decodable { let Ok: Credentials? }
        let result: Outcome
    }
    struct Credentials: Decodable {
        let access_key_id: String
        let secret_access_key: String
        let session_token: String?
        let expiry: Double?
    }

    let chain: BrokerCredentialChain
    let transport: ReplayTransport
    let expected: Credentials?
    /// Variables and files together. What is sent must occur in them.
    let content: String

    init(_ name: String) throws {
        let folder = "aws/provider-chain/\(name)"
        let environment = try JSONDecoder().decode([String: String].self, from: Vectors.data("\(folder)/env.json"))
        let expected = try JSONDecoder().decode(Case.self, from: Vectors.data("\(folder)/test-case.json")).result.Ok
        let transport = try ReplayTransport(
            ReplayTransport.recording(Vectors.data("\(folder)/http-traffic.json")))
        let files = RootedFiles(root: Vectors.directory.appendingPathComponent("\(folder)/fs").path)
        let region = environment["AWS_REGION"] ?? "us-east-1"
        let now = Date(timeIntervalSince1970: (expected?.expiry ?? 1_700_000_000) - 1_800)
        let sts = STSClient(
            endpoint: try Endpoints(environment: [:], files: files).sts(in: Fixture.require(Region(region))),
            region: try Fixture.require(Region(region)), transport: transport,
            retry: RetryPolicy(clock: ManualClock()), endpointGuard: .fixture(), now: { now })
        chain = BrokerCredentialChain(
            environment: environment, files: files, transport: transport, sts: sts, clock: ManualClock())
        self.transport = transport
        self.expected = expected
        let texts = try ["/home/.aws/config", "/home/.aws/credentials", "/token.jwt"].compactMap {
            try files.read($0, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
        }
        content = (texts + environment.values).joined(separator: "\n")
    }
}

/// Real files below a folder that serves as the root.
struct RootedFiles: FileReader {
    let root: String

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
        try SystemFiles().read(root + path, limit: limit)
    }
}
