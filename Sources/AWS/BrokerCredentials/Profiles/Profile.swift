/// A profile of the shared files, both of them together.
struct Profile: Sendable, CustomReflectable, CustomStringConvertible {
    let name: String
    /// Of the credentials file alone, where static keys are looked for first.
    let credentialsFile: [String: String]
    /// Of the config file alone.
    let configFile: [String: String]

    /// What the files say; the credentials file has the last word, and what is empty counts as not there.
    subscript(setting: String) -> String? {
        if let value = credentialsFile[setting], !value.isEmpty { return value }
        return configFile[setting].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `aws_access_key_id`, `aws_secret_access_key` and `aws_session_token` of one of the files.
    func keys(in settings: [String: String]) throws(BrokerCredentialError) -> SigningCredentials? {
        let (id, secret) = (settings["aws_access_key_id"] ?? "", settings["aws_secret_access_key"] ?? "")
        if id.isEmpty, secret.isEmpty { return nil }
        guard !id.isEmpty, !secret.isEmpty else {
            let (there, missing) =
                id.isEmpty
                ? ("aws_secret_access_key", "aws_access_key_id") : ("aws_access_key_id", "aws_secret_access_key")
            throw BrokerCredentialError("profile \(name): \(there) is there without \(missing)")
        }
        let token = settings["aws_session_token"].flatMap { $0.isEmpty ? nil : $0 }
        let place = "profile \(name): "
        return try SigningCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token).checked(
            (place + "aws_access_key_id", place + "aws_secret_access_key", place + "aws_session_token"))
    }

    var description: String { "profile \(name)" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
