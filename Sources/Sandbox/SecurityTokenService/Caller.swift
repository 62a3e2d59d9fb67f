private import Cryptography

/// Whose signature is on a request.
enum Caller: Sendable {
    /// The broker's own user, by its long-term key.
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

/// What GetCallerIdentity says.
struct CallerIdentity: Sendable {
    let arn: String
    let userID: String
    let account: String
}

/// What STS has to say where nothing is wrong.
enum STSResult: Sendable {
    case assumedRole(AssumedRole)
    case callerIdentity(CallerIdentity)
}
