// SPDX-License-Identifier: Apache-2.0

private import Cryptography

/// The verified signer of a request.
enum Caller: Sendable {
    /// The broker's IAM user, which signs with its long-term key.
    case broker(Account)
    case session(Session)

    var arn: String {
        switch self {
        case .broker(let account): account.brokerARN
        case .session(let session): session.assumedRoleARN
        }
    }

    /// `UserId` of GetCallerIdentity.
    var userID: String {
        switch self {
        case .broker(let account): "AIDA" + SHA256.digest(account.brokerARN).hex.uppercased().prefix(17)
        case .session(let session): session.assumedRoleID
        }
    }
}

/// The result of GetCallerIdentity.
struct CallerIdentity: Sendable {
    let arn: String
    let userID: String
    let account: String
}

/// The result of a successful request to STS.
enum STSResult: Sendable {
    case assumedRole(AssumedRole)
    case callerIdentity(CallerIdentity)
    case scopedSession(ScopedSessionResult)
}
