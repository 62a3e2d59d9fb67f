// SPDX-License-Identifier: Apache-2.0

/// The reason why a text is not a valid or supported IAM policy document. Known messages are those of AWS.
package struct PolicyError: Error, Hashable, Sendable {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    static let notJSON = PolicyError("This policy contains invalid Json")
    static let syntax = PolicyError("Syntax errors in policy.")
}
