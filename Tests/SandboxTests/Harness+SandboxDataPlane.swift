// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation

@testable import Sandbox

extension Harness {
    static let batch = Array(
        """
        {"BatchId":"11111111-1111-4111-8111-111111111111","AppMonitorDetails":{"id":"monitor"},\
        "UserDetails":{"userId":"u","sessionId":"s"},"RumEvents":[{"id":"44444444-4444-4444-8444-444444444444",\
        "timestamp":1795000000,"type":"t","metadata":"{}","details":"{}"}]}
        """.utf8)

    static func policy(_ resource: String) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"\#(resource)"}]}"#
    }

    func hash(of bytes: [UInt8]) -> String { SHA256.digest(bytes).hex }

    /// A signer for the data plane with a new guest session, scoped down to the guest monitor.
    func guestRUM() async throws -> RequestSigner {
        try await guestRUM(policy: Self.policy(sandbox.configuration.arn(of: sandbox.configuration.guestMonitor)))
    }

    func guestRUM(policy: String?) async throws -> RequestSigner {
        var signer = try await guestSession(policy: policy)
        signer.service = "rum"
        return signer
    }

    func putRequest(
        monitor: SandboxConfiguration.Monitor? = nil, slash: String = "", contentType: String = "application/json",
        body: [UInt8] = Harness.batch
    ) -> SignedRequest {
        let id = (monitor ?? sandbox.configuration.guestMonitor).id
        return SignedRequest(
            method: "POST", target: "/appmonitors/\(id)\(slash)",
            headers: [("Host", "localhost"), ("Content-Type", contentType)], body: body)
    }

    func put(
        monitor: SandboxConfiguration.Monitor? = nil, as signer: RequestSigner, slash: String = ""
    ) async throws -> Answer {
        try await send(signer.signed(putRequest(monitor: monitor, slash: slash)))
    }
}
