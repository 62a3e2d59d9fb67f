// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    init(status: Int, contentType: String, body: [UInt8], headers: HTTPFields = [:]) {
        var headers = headers
        headers[.contentType] = contentType
        headers[.contentLength] = String(body.count)
        self.init(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    static func json(
        _ value: some Encodable, status: Int = 200, contentType: String = "application/json", headers: HTTPFields = [:]
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return Response(
            status: status, contentType: contentType, body: Array(try encoder.encode(value)), headers: headers)
    }
}
