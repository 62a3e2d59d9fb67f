// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Vending

/// Response bodies of container credential endpoints (AWS SDKs and Tools Reference Guide, "Container credential
/// provider"): four strings, or `Code` and `Message`.
enum ContainerBody {
    /// Copies the fields from the native body, so both forms have the same credentials.
    static func encode(_ credentials: EncodedCredentials) -> ByteBuffer {
        var body = ByteBufferAllocator().buffer(capacity: credentials.body.count)
        body.writeString(#"{"AccessKeyId":""#)
        body.writeBytes(credentials.accessKeyID)
        body.writeString(#"","Expiration":""#)
        body.writeBytes(credentials.expiration)
        body.writeString(#"","SecretAccessKey":""#)
        body.writeBytes(credentials.secretAccessKey)
        body.writeString(#"","Token":""#)
        body.writeBytes(credentials.sessionToken)
        body.writeString(#""}"#)
        return body
    }

    static func encode(_ code: ErrorCode) -> String {
        #"{"Code":"\#(code.rawValue)","Message":"\#(code.title)"}"#
    }
}
