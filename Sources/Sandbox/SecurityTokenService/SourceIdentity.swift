// SPDX-License-Identifier: Apache-2.0

import StrictForm
import StrictJSON
import Tokens

/// Reads the source identity of a request (AWS STS API, AssumeRole `SourceIdentity`).
enum SourceIdentity {
    /// Name of the claim with a source identity (IAM User Guide, "Monitor and control actions taken with assumed
    /// roles").
    static let claim = "https://aws.amazon.com/source_identity"
    private static let length = 2...64

    static func read(_ form: FormParameters) throws(STSError) -> String? {
        guard let text = try form.optional("SourceIdentity", length: length) else { return nil }
        guard text.utf8.allSatisfy(AssumeRoleParameters.isSessionNameCharacter) else {
            throw .constraint("sourceIdentity", "Member must satisfy regular expression pattern: [\\w+=,.@-]*")
        }
        return text
    }

    static func read(claim json: JSONValue?) throws(STSError) -> String? {
        guard let json else { return nil }
        // Allowed characters are ASCII without the colon, so the value cannot begin with the reserved prefix `aws:`.
        guard let text = json.string, length.contains(text.utf8.count),
            text.utf8.allSatisfy(AssumeRoleParameters.isSessionNameCharacter)
        else { throw .invalidIdentityToken("The claim \(claim) is malformed: 2 to 64 of [\\w+=,.@-]") }
        return text
    }
}
