// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import NIOCore
import StrictJSON
package import Vending

/// The native body: `{"accessKeyId","secretAccessKey","sessionToken","expiration","appMonitor":{…}}`, the names that
/// `cwr('setAwsCredentials', …)` expects.
package enum CredentialsBody {
    /// The encoder for these monitors, whose sessions share the ends of their bodies.
    package static func encoder(_ monitors: [AppMonitor]) -> Broker.Ports.Encoder {
        let ends = Dictionary(monitors.map { ($0, end($0)) }, uniquingKeysWith: { first, _ in first })
        return { credentials, monitor throws(ExchangeError) in
            try encode(credentials, ends[monitor] ?? end(monitor))
        }
    }

    static func encode(
        _ credentials: TemporaryCredentials, _ monitor: AppMonitor
    ) throws(ExchangeError) -> EncodedCredentials {
        try encode(credentials, end(monitor))
    }

    /// The whole body.
    static func copy(_ vended: VendedCredentials) -> ByteBuffer {
        var body = ByteBufferAllocator().buffer(capacity: vended.bodyCount)
        write(vended, to: &body)
        return body
    }

    static func write(_ vended: VendedCredentials, to output: inout ByteBuffer) {
        unsafe vended.withBody { begin, end in
            unsafe output.writeBytes(begin)
            unsafe output.writeBytes(end)
        }
    }

    private static func end(_ monitor: AppMonitor) -> [UInt8] {
        let appMonitor = JSONText.object([
            ("id", monitor.id), ("name", monitor.name), ("region", monitor.region), ("endpoint", monitor.endpoint),
        ])
        return Array(",\"appMonitor\":\(appMonitor)}".utf8)
    }

    /// Encodes credentials and records the byte range of each field.
    /// - Throws: `ExchangeError` if a field has a character other than visible ASCII, or `"` or `\`, because
    ///   every wire copies the bytes without escaping.
    private static func encode(
        _ credentials: TemporaryCredentials, _ tail: [UInt8]
    ) throws(ExchangeError) -> EncodedCredentials {
        let expirationText = credentials.expiration.formatted(.iso8601)
        var body: [UInt8] = []
        // Exact, since the cache keeps them: four names and values with their punctuation, and the ids.
        body.reserveCapacity(
            72 + credentials.accessKeyID.utf8.count + credentials.secretAccessKey.utf8.count
                + credentials.sessionToken.utf8.count + expirationText.utf8.count
                + (credentials.assumedRoleID?.utf8.count ?? 0) + (credentials.requestID?.utf8.count ?? 0)
                + (credentials.parentAccessKeyID?.utf8.count ?? 0))
        func append(_ name: String, _ value: String) throws(ExchangeError) -> Range<Int> {
            guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) else {
                throw ExchangeError(.unavailable, "the credentials' \(name) contains an invalid character")
            }
            body += (body.isEmpty ? "{\"" : ",\"").utf8
            body += name.utf8
            body += "\":\"".utf8
            let start = body.count
            body += value.utf8
            let end = body.count
            body += "\"".utf8
            return start..<end
        }
        let accessKeyID = try append("accessKeyId", credentials.accessKeyID)
        let secretAccessKey = try append("secretAccessKey", credentials.secretAccessKey)
        let sessionToken = try append("sessionToken", credentials.sessionToken)
        let expiration = try append("expiration", expirationText)
        let end = body.count
        func attach(_ id: String?) -> Range<Int> {
            let start = body.count
            body += (id ?? "").utf8
            return start..<body.count
        }
        let (role, request) = (attach(credentials.assumedRoleID), attach(credentials.requestID))
        let parent = attach(credentials.parentAccessKeyID)
        guard body.count <= EncodedCredentials.limit else {
            throw ExchangeError(.unavailable, "the credentials have more than \(EncodedCredentials.limit) bytes")
        }
        return EncodedCredentials(
            bytes: body, body: end, tail: tail, accessKeyID: accessKeyID, secretAccessKey: secretAccessKey,
            sessionToken: sessionToken, expiration: expiration, assumedRoleID: role, requestID: request,
            parentAccessKeyID: parent)
    }
}
