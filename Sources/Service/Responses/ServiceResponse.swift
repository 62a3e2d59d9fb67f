// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import NIOCore

/// A complete HTTP response.
package struct ServiceResponse: Sendable {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: ByteBuffer

    package init(status: HTTPResponse.Status, headers: HTTPFields, body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension HTTPField.Name {
    static let requestID = Self("x-request-id")!
}
