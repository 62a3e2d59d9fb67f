// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore

extension SignedRequest {
    /// - Returns: `nil` if the body is longer than `limit` bytes.
    init?(_ request: Request, bodyLimit limit: Int) async throws {
        guard let body = try await request.bytes(upTo: limit) else { return nil }
        var headers = request.head.headerFields.map { (name: $0.name.rawName, value: $0.value) }
        // The HTTP server moves the `Host` header of HTTP/1.1 to the authority.
        if let host = request.head.authority { headers.append(("Host", host)) }
        self.init(
            method: request.head.method.rawValue, target: request.head.path ?? "/", headers: headers, body: body)
    }
}

extension Request {
    /// - Returns: `nil` if the body is longer than `limit` bytes.
    func bytes(upTo limit: Int) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        for try await buffer in body {
            guard bytes.count + buffer.readableBytes <= limit else { return nil }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }
}
