import StrictJSON

/// Whom the batches of signed-in users may name in `UserDetails.userId` (PutRumEvents).
package enum UserDetailsRule: Hashable, Sendable {
    /// Whoever they like: the client's own visitor id, for one.
    case any
    /// The token's subject.
    case subject
    /// What the token says in this claim, a text.
    case claim(ClaimPath)

    /// The client's id for a user that it does not track (`userIdRetentionDays: 0`).
    static let nobody = "00000000-0000-0000-0000-000000000000"

    package var path: ClaimPath? {
        if case .claim(let path) = self { path } else { nil }
    }

    /// Whether that user may be named so; naming nobody is always fine.
    func admits(_ userID: String?, of identity: VerifiedIdentity) -> Bool {
        guard let userID, !userID.isExactly(Self.nobody) else { return true }
        switch self {
        case .any: return true
        case .subject: return userID.isExactly(identity.subject.rawValue)
        case .claim(let path):
            guard case .string(let value) = identity.claims[path] else { return false }
            return userID.isExactly(value)
        }
    }
}
