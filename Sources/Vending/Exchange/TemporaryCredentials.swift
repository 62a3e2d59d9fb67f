// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// Credentials that STS issued (AWS STS API, `Credentials`). Prints itself redacted.
package struct TemporaryCredentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    package let accessKeyID: String
    package let secretAccessKey: String
    package let sessionToken: String
    package let expiration: Date
    /// When AWS returned them, by AWS's clock; `nil` if only this machine's time is known.
    package let received: Date?
    /// AssumedRoleUser `AssumedRoleId`, if a role was assumed; not secret.
    package let assumedRoleID: String?
    /// AWS's request id of the call that returned them; not secret.
    package let requestID: String?
    /// The access key id of the session that they were made from (GetScopedCredentials); not secret.
    package let parentAccessKeyID: String?

    package init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String, expiration: Date, received: Date? = nil,
        assumedRoleID: String? = nil, requestID: String? = nil, parentAccessKeyID: String? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
        self.received = received
        self.assumedRoleID = assumedRoleID
        self.requestID = requestID
        self.parentAccessKeyID = parentAccessKeyID
    }

    package var description: String { "[redacted credentials]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
