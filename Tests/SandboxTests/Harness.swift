// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing
import Tokens

@testable import Sandbox

/// A sandbox with a manual clock. Tests send requests to it without a socket.
final class Harness: Sendable {
    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: String

        /// Text of the first XML element with this name.
        func element(_ name: String) -> String? {
            guard let start = body.range(of: "<\(name)>"), let end = body.range(of: "</\(name)>") else { return nil }
            return String(body[start.upperBound..<end.lowerBound])
        }

        var json: [String: Any] {
            get throws {
                try #require(JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
            }
        }
    }

    static let baseURL = "http://127.0.0.1:8090"
    static let start = Date(timeIntervalSince1970: 1_795_000_000)

    let sandbox: Sandbox
    /// Signs tokens as the broker. The `minted…` roles trust them.
    let minter: TokenSigner
    private let clock: Clock

    private final class Clock: Sendable {
        let time = Mutex(Harness.start)
    }

    init(_ configuration: SandboxConfiguration = .demo, sessionCapacity: Int = 10_000) throws {
        let clock = Clock()
        self.clock = clock
        minter = try TokenSigner(key: try PrivateKey.generate(.ec(.p256)), keyID: "minted", algorithm: .es256)
        let provider = TrustedOIDCProvider(
            issuer: configuration.brokerIssuer, audiences: ["sts.amazonaws.com"],
            keys: try KeySet(jwks: minter.jwks()))
        sandbox = try Sandbox(
            configuration: configuration, providers: [provider], sessionCapacity: sessionCapacity,
            now: { clock.time.withLock { $0 } })
        sandbox.publish(at: Self.baseURL)
    }

    var now: Date { clock.time.withLock { $0 } }

    func advance(by seconds: TimeInterval) {
        clock.time.withLock { $0 += seconds }
    }

    /// Sends a request with the `Host` that it was signed for.
    func send(_ request: SignedRequest) async throws -> Answer {
        let target = request.path + (request.query.isEmpty ? "" : "?" + request.query)
        return try await send(request.method, target, headers: request.headers, body: request.body)
    }

    func send(
        _ method: String, _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) async throws -> Answer {
        let fields = try Self.fields(headers)
        let application = sandbox.application(port: 0, logger: Logger(label: "test"))
        let requestMethod = try #require(HTTPRequest.Method(method))
        return try await application.test(.router) { client in
            let response = try await client.executeRequest(
                uri: target, method: requestMethod, headers: fields, body: ByteBuffer(bytes: body))
            return Answer(
                status: response.status.code, headers: response.headers, body: String(buffer: response.body))
        }
    }

    /// All headers except `Host`, which the test client sets to `localhost`.
    static func fields(_ headers: [(name: String, value: String)]) throws -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers where name != "Host" {
            fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return fields
    }

    func form(_ parameters: KeyValuePairs<String, String?>) -> [UInt8] {
        let pairs = parameters.compactMap { name, value in
            value.map { "\(URIEncoding.encode(name.utf8))=\(URIEncoding.encode($0.utf8))" }
        }
        return Array(pairs.joined(separator: "&").utf8)
    }

    static let formHeaders: [(name: String, value: String)] = [
        // The test client without a socket sends this host.
        ("Host", "localhost"), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
    ]
}
