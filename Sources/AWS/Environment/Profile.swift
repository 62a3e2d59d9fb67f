// SPDX-License-Identifier: Apache-2.0

/// A profile, merged from the config file and the credentials file.
struct Profile: Sendable, CustomReflectable, CustomStringConvertible {
    let name: String
    /// Settings from the credentials file only. Static keys are looked up here first.
    let credentialsFile: [String: String]
    /// Settings from the config file only.
    let configFile: [String: String]

    /// The setting's value. The credentials file takes precedence, and an empty value counts as unset.
    subscript(setting: String) -> String? {
        if let value = credentialsFile[setting], !value.isEmpty { return value }
        return configFile[setting].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `aws_access_key_id`, `aws_secret_access_key` and `aws_session_token` of one of the files. `aws_security_token` is
    /// the old name of the latter.
    func keys(in settings: [String: String]) throws(BrokerCredentialError) -> SigningCredentials? {
        let (id, secret) = (settings["aws_access_key_id"] ?? "", settings["aws_secret_access_key"] ?? "")
        if id.isEmpty, secret.isEmpty { return nil }
        guard !id.isEmpty, !secret.isEmpty else {
            let (present, missing) =
                id.isEmpty
                ? ("aws_secret_access_key", "aws_access_key_id") : ("aws_access_key_id", "aws_secret_access_key")
            throw BrokerCredentialError("profile \(name): \(present) is set without \(missing)")
        }
        let tokens = ["aws_session_token", "aws_security_token"].compactMap { settings[$0] }.filter { !$0.isEmpty }
        guard tokens.allSatisfy({ $0 == tokens.first }) else {
            throw BrokerCredentialError(
                "profile \(name): aws_session_token and aws_security_token differ; expected one")
        }
        let token = tokens.first
        let prefix = "profile \(name): "
        return try SigningCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token).checked(
            (prefix + "aws_access_key_id", prefix + "aws_secret_access_key", prefix + "aws_session_token"))
    }

    var description: String { "profile \(name)" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
