// SPDX-License-Identifier: Apache-2.0

import StrictJSON

/// Which user the batches of signed-in users may name in `UserDetails.userId` (PutRumEvents).
package enum UserDetailsRule: Hashable, Sendable {
    /// Any id, such as the visitor id that the client generates.
    case any
    /// The token's subject only.
    case subject
    /// The value of this claim, which must be a string, only.
    case claim(ClaimPath)

    /// The client's id for a user that it does not track (`userIdRetentionDays: 0`).
    static let nobody = "00000000-0000-0000-0000-000000000000"

    package var path: ClaimPath? {
        if case .claim(let path) = self { path } else { nil }
    }

    /// Whether a batch of the user may have this `userID`. A batch that names no user is always admitted.
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
