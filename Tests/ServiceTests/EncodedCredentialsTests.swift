// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Testing
import Vending

@testable import Service

@Suite struct EncodedCredentialsTests {
    private let monitor = AppMonitor(
        name: "Shop", id: "11111111-2222-3333-4444-555555555555", region: "us-west-2", account: "123456789012",
        partition: "aws", endpoint: "https://dataplane.rum.us-west-2.amazonaws.com")

    private func credentials(_ token: String = "session//token==") -> TemporaryCredentials {
        TemporaryCredentials(
            accessKeyID: "ASIAKEY", secretAccessKey: "s3cret/+=", sessionToken: token,
            expiration: Date(timeIntervalSince1970: 1_800_000_000), assumedRoleID: "AROA:alice", requestID: "aws-1")
    }

    @Test("records the byte ranges of the fields, so that other formats copy them from the body")
    func fields() throws {
        let encoded = try CredentialsBody.encode(credentials(), monitor)
        func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
        #expect(text(encoded.accessKeyID) == "ASIAKEY" && text(encoded.secretAccessKey) == "s3cret/+=")
        #expect(text(encoded.sessionToken) == "session//token==" && text(encoded.expiration) == "2027-01-15T08:00:00Z")
        #expect(encoded.unusedCapacity < 32, "the cache would keep the rest for nothing")
        #expect(encoded.assumedRoleID == "AROA:alice" && encoded.requestID == "aws-1")
        let native = try #require(
            try JSONSerialization.jsonObject(with: Data(encoded.body.begin + encoded.body.end)) as? [String: Any])
        #expect(native["secretAccessKey"] as? String == "s3cret/+=")
        #expect((native["appMonitor"] as? [String: String])?["region"] == "us-west-2")
        let container =
            try JSONSerialization.jsonObject(
                with: Data(ContainerBody.encode(encoded).readableBytesView)) as? [String: String]
        #expect(
            container == [
                "AccessKeyId": "ASIAKEY", "SecretAccessKey": "s3cret/+=", "Token": "session//token==",
                "Expiration": "2027-01-15T08:00:00Z",
            ])
    }

    @Test(
        "rejects credentials with characters that JSON or another format would have to escape",
        arguments: ["quo\"te", "back\\slash", "line\nbreak", "ümlaut", "nul\0", "blank space"])
    func unexpectedCharacters(token: String) {
        #expect {
            try CredentialsBody.encode(credentials(token), monitor)
        } throws: { error in
            (error as? ExchangeError)?.kind == .unavailable
        }
    }
}
