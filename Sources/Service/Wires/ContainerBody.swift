// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Vending

/// Response bodies of container credential endpoints (AWS SDKs and Tools Reference Guide, "Container credential
/// provider"): four strings, or `Code` and `Message`.
enum ContainerBody {
    /// Copies the fields from the native body, so both forms have the same credentials.
    static func encode(_ credentials: EncodedCredentials) -> ByteBuffer {
        var body = ByteBufferAllocator().buffer(capacity: length(credentials))
        write(credentials, to: &body)
        return body
    }

    /// Bytes of the encoded form.
    static func length(_ credentials: EncodedCredentials) -> Int {
        66 + credentials.accessKeyID.count + credentials.expiration.count + credentials.secretAccessKey.count
            + credentials.sessionToken.count
    }

    static func write(_ credentials: EncodedCredentials, to body: inout ByteBuffer) {
        body.writeString(#"{"AccessKeyId":""#)
        body.writeBytes(credentials.accessKeyID)
        body.writeString(#"","Expiration":""#)
        body.writeBytes(credentials.expiration)
        body.writeString(#"","SecretAccessKey":""#)
        body.writeBytes(credentials.secretAccessKey)
        body.writeString(#"","Token":""#)
        body.writeBytes(credentials.sessionToken)
        body.writeString(#""}"#)
    }

    static func encode(_ code: ErrorCode) -> String {
        #"{"Code":"\#(code.rawValue)","Message":"\#(code.title)"}"#
    }
}
