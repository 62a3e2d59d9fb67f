// SPDX-License-Identifier: Apache-2.0

import Vending

/// A role that a profile assumes with credentials from elsewhere (`AssumeRole`).
struct RoleStep: Sendable, Hashable {
    let roleARN: String
    let sessionName: String
    let externalID: String?
    let durationSeconds: Int?

    /// - Parameter profile: with a `role_arn`.
    init(_ profile: Profile) throws(BrokerCredentialError) {
        guard profile["mfa_serial"] == nil else {
            throw BrokerCredentialError(
                "profile \(profile.name): mfa_serial needs a person to enter a code, but Purser runs unattended")
        }
        roleARN = try RoleStep.roleARN(profile["role_arn"], "profile \(profile.name): role_arn")
        sessionName = try RoleStep.sessionName(
            profile["role_session_name"], "profile \(profile.name): role_session_name")
        externalID = profile["external_id"]
        if let externalID, !(2...1_224).contains(externalID.utf8.count) {
            throw BrokerCredentialError("profile \(profile.name): external_id: expected 2 to 1,224 characters")
        }
        guard let text = profile["duration_seconds"] else {
            durationSeconds = nil
            return
        }
        guard let seconds = Int(text), (900...43_200).contains(seconds) else {
            throw BrokerCredentialError("profile \(profile.name): duration_seconds: expected 900 to 43200")
        }
        durationSeconds = seconds
    }

    /// Rejects only text that cannot be an ARN. STS validates the rest.
    static func roleARN(_ text: String?, _ setting: String) throws(BrokerCredentialError) -> String {
        guard let text, text.hasPrefix("arn:"), (20...2_048).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw BrokerCredentialError("\(setting): expected the ARN of a role") }
        return text
    }

    /// - Returns: `purser` if no name is configured.
    static func sessionName(_ text: String?, _ setting: String) throws(BrokerCredentialError) -> String {
        guard let text else { return "purser" }
        guard (2...64).contains(text.utf8.count), text.utf8.allSatisfy({ $0.isSessionNameCharacter }) else {
            throw BrokerCredentialError("\(setting): expected 2 to 64 letters, digits and _+=,.@-")
        }
        return text
    }
}
