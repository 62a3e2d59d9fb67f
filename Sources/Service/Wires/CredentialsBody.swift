// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import StrictJSON
package import Vending

/// The native body: `{"accessKeyId","secretAccessKey","sessionToken","expiration","appMonitor":{…}}`, the names that
/// `cwr('setAwsCredentials', …)` expects.
package enum CredentialsBody {
    /// Encodes credentials and records the byte range of each field.
    /// - Throws: `ExchangeError` if a field has a character other than visible ASCII, or `"` or `\`, because
    ///   every wire copies the bytes without escaping.
    package static func encode(
        _ credentials: TemporaryCredentials, _ monitor: AppMonitor
    ) throws(ExchangeError) -> EncodedCredentials {
        let expirationText = credentials.expiration.formatted(.iso8601)
        let appMonitor = JSONText.object([
            ("id", monitor.id), ("name", monitor.name), ("region", monitor.region), ("endpoint", monitor.endpoint),
        ])
        var body: [UInt8] = []
        // Exact, since the cache keeps them: four names and values, their punctuation, the app monitor, and the ids.
        body.reserveCapacity(
            87 + credentials.accessKeyID.utf8.count + credentials.secretAccessKey.utf8.count
                + credentials.sessionToken.utf8.count + expirationText.utf8.count + appMonitor.utf8.count
                + (credentials.assumedRoleID?.utf8.count ?? 0) + (credentials.requestID?.utf8.count ?? 0))
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
        body += ",\"appMonitor\":\(appMonitor)}".utf8
        let end = body.count
        func attach(_ id: String?) -> Range<Int> {
            let start = body.count
            body += (id ?? "").utf8
            return start..<body.count
        }
        let (role, request) = (attach(credentials.assumedRoleID), attach(credentials.requestID))
        guard body.count <= EncodedCredentials.limit else {
            throw ExchangeError(.unavailable, "the credentials have more than \(EncodedCredentials.limit) bytes")
        }
        return EncodedCredentials(
            bytes: body, body: end, accessKeyID: accessKeyID, secretAccessKey: secretAccessKey,
            sessionToken: sessionToken, expiration: expiration, assumedRoleID: role, requestID: request)
    }
}
