// SPDX-License-Identifier: Apache-2.0

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` (or its old name, `AWS_SECURITY_TOKEN`) and
/// `AWS_CREDENTIAL_EXPIRATION`.
enum EnvironmentCredentials {
    /// - Parameter environment: the process's variables.
    /// - Returns: `nil` if neither key nor secret is set.
    static func read(_ environment: EnvironmentVariables) throws(BrokerCredentialError) -> SigningCredentials? {
        let (id, secret) = (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
        guard let id else {
            guard secret == nil else {
                throw BrokerCredentialError("AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID")
            }
            return nil
        }
        guard let secret else {
            throw BrokerCredentialError("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY")
        }
        let expiration = environment["AWS_CREDENTIAL_EXPIRATION"]
        let date = expiration.flatMap(AWSDate.parseRFC3339)
        guard expiration == nil || date != nil else {
            throw BrokerCredentialError(
                "AWS_CREDENTIAL_EXPIRATION is not a time; expected one such as 2026-11-21T08:00:00Z")
        }
        let (token, oldToken) = (environment["AWS_SESSION_TOKEN"], environment["AWS_SECURITY_TOKEN"])
        guard token == nil || oldToken == nil || token == oldToken else {
            throw BrokerCredentialError("AWS_SESSION_TOKEN and AWS_SECURITY_TOKEN differ; expected one")
        }
        return try SigningCredentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: token ?? oldToken, expiration: date
        ).checked(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"))
    }
}
