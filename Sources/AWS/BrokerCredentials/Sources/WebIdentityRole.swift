// SPDX-License-Identifier: Apache-2.0

import Vending

/// A role that is assumed with a token from a file (`AssumeRoleWithWebIdentity`).
struct WebIdentityRole: Sendable {
    let tokenFile: String
    let roleARN: String
    let sessionName: String

    /// `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`; `nil` without the first.
    init?(_ environment: EnvironmentVariables) throws(BrokerCredentialError) {
        guard let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        tokenFile = file
        guard let role = environment["AWS_ROLE_ARN"] else {
            throw BrokerCredentialError("AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN")
        }
        roleARN = try RoleStep.roleARN(role, "AWS_ROLE_ARN")
        sessionName = try RoleStep.sessionName(environment["AWS_ROLE_SESSION_NAME"], "AWS_ROLE_SESSION_NAME")
    }

    /// The profile's `web_identity_token_file` with its own `role_arn`; `nil` without the first.
    init?(_ profile: Profile) throws(BrokerCredentialError) {
        guard let file = profile["web_identity_token_file"] else { return nil }
        tokenFile = file
        guard let role = profile["role_arn"] else {
            throw BrokerCredentialError("profile \(profile.name): web_identity_token_file is set without role_arn")
        }
        roleARN = try RoleStep.roleARN(role, "profile \(profile.name): role_arn")
        sessionName = try RoleStep.sessionName(
            profile["role_session_name"], "profile \(profile.name): role_session_name")
    }

    /// The call with the file's current token, which the platform renews. Blocks on the disk.
    func request(_ files: any FileReader) throws(BrokerCredentialError) -> STSRequest {
        let text = try files.text(tokenFile, limit: 65_536)
        let token = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        // AssumeRoleWithWebIdentity `WebIdentityToken`.
        guard (4...20_000).contains(token.utf8.count), token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw BrokerCredentialError("\(tokenFile) holds no token of 4 to 20,000 characters")
        }
        return .assumeRoleWithWebIdentity(
            RoleSession(roleARN: roleARN, sessionName: sessionName), token: WebIdentityToken(token))
    }
}
