// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Vending

/// A call of Cognito identity pools with AWS's own parameter names. Never signed: the login is the authentication.
enum CognitoRequest: Sendable {
    case getID(pool: String, accountID: String? = nil, login: CognitoLogin?)
    case getOpenIDToken(identity: IdentityID, login: CognitoLogin?)
    case getCredentialsForIdentity(identity: IdentityID, login: CognitoLogin?, customRoleARN: String?)

    static let contentType = "application/x-amz-json-1.1"

    /// The operation's name in AWS's API.
    var operation: String {
        switch self {
        case .getID: "GetId"
        case .getOpenIDToken: "GetOpenIdToken"
        case .getCredentialsForIdentity: "GetCredentialsForIdentity"
        }
    }

    /// `X-Amz-Target`.
    var target: String { "AWSCognitoIdentityService.\(operation)" }

    /// Whether the call carries a user's token.
    var hasLogin: Bool {
        switch self {
        case .getID(_, _, let login), .getOpenIDToken(_, let login), .getCredentialsForIdentity(_, let login, _):
            login != nil
        }
    }

    /// The JSON object, its members in the order of AWS's service model.
    var body: [UInt8] {
        switch self {
        case .getID(let pool, let accountID, let login):
            Self.object([
                ("IdentityPoolId", JSONText.string(pool)), ("AccountId", accountID.map(JSONText.string)),
                ("Logins", login.map(Self.logins)),
            ])
        case .getOpenIDToken(let identity, let login):
            Self.object([("IdentityId", JSONText.string(identity.text)), ("Logins", login.map(Self.logins))])
        case .getCredentialsForIdentity(let identity, let login, let customRoleARN):
            Self.object([
                ("IdentityId", JSONText.string(identity.text)), ("Logins", login.map(Self.logins)),
                ("CustomRoleArn", customRoleARN.map(JSONText.string)),
            ])
        }
    }

    private static func object(_ members: [(name: String, value: String?)]) -> [UInt8] {
        let present = members.compactMap { name, value in value.map { "\(JSONText.string(name)): \($0)" } }
        return Array("{\(present.joined(separator: ", "))}".utf8)
    }

    private static func logins(_ login: CognitoLogin) -> String {
        "{\(JSONText.string(login.provider)): \(JSONText.string(login.token.rawValue))}"
    }
}

/// The one entry of `Logins`.
struct CognitoLogin: Sendable {
    /// The identity provider's name at the pool.
    let provider: String
    let token: WebIdentityToken
}
