package import FoundationEssentials

/// What STS hands out (AWS STS API, `Credentials`). Prints itself redacted.
package struct TemporaryCredentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    package let accessKeyID: String
    package let secretAccessKey: String
    package let sessionToken: String
    package let expiration: Date

    package init(accessKeyID: String, secretAccessKey: String, sessionToken: String, expiration: Date) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    package var description: String { "[redacted credentials]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
