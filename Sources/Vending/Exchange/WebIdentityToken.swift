// SPDX-License-Identifier: Apache-2.0

/// A token for STS or Cognito (AssumeRoleWithWebIdentity `WebIdentityToken`, GetId `Logins`): the user's token, or one
/// that Purser minted. Prints itself redacted.
package struct WebIdentityToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The user's token.
    package init(_ token: BearerToken) {
        rawValue = token.rawValue
    }

    package var description: String { "[redacted token]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
