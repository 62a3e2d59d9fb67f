// SPDX-License-Identifier: Apache-2.0

import StrictJSON

/// One application: the origins of its pages and the grant of each audience. An object, like `SignedIn`, because each
/// request looks it up.
package final class App: Sendable {
    package let name: AppName
    /// Web origins that may read responses (RFC 6454), compared exactly.
    package let origins: Set<String>
    package let signedIn: SignedIn?
    package let guest: Grant?

    package final class SignedIn: Sendable {
        package let grant: Grant
        /// The issuers whose users are this app's users.
        package let issuers: Set<Issuer>
        /// A user's token must name one of them in `aud`. Empty: every audience of the issuers is valid.
        package let audiences: [String]
        /// A user's token must name one of them in `azp`, or in `client_id` if it has no `azp`. Empty: anybody may have
        /// requested the token.
        package let authorizedParties: [String]
        /// Requirements that a user's token must all meet, in addition to those of the issuer.
        package let requirements: [ClaimRequirement]
        package let userDetails: UserDetailsRule

        package init(
            grant: Grant, issuers: Set<Issuer>, audiences: [String] = [], authorizedParties: [String] = [],
            requirements: [ClaimRequirement] = [], userDetails: UserDetailsRule = .any
        ) {
            self.grant = grant
            self.issuers = issuers
            self.audiences = audiences
            self.authorizedParties = authorizedParties
            self.requirements = requirements
            self.userDetails = userDetails
        }

        /// Why the user may not use the app, for the operator's log; `nil` if they may.
        package func refusal(of identity: VerifiedIdentity) -> String? {
            guard issuers.contains(identity.issuer) else {
                let names = issuers.map(\.rawValue).sorted().joined(separator: ", ")
                return "issuer \(identity.issuer) is not one of this app's: \(names)"
            }
            if !audiences.isEmpty, !identity.audiences.contains(where: { Self.lists(audiences, $0) }) {
                return
                    "the token is for \(Self.list(identity.audiences)); this app's audiences: \(Self.list(audiences))"
            }
            if !authorizedParties.isEmpty, identity.authorizedParty.map({ Self.lists(authorizedParties, $0) }) != true {
                let found = identity.authorizedParty.map { "\($0)" } ?? "absent or not configured"
                return "the authorized party (azp, or client_id) is \(found); "
                    + "this app's authorized parties: \(Self.list(authorizedParties))"
            }
            let unmet = requirements.first { !$0.isMet(by: identity.claims[$0.path]) }
            return unmet.map { $0.mismatch(with: identity.claims[$0.path]) }
        }

        /// Compares bytes (RFC 7519 §4.1.3, RFC 6749 §2.2: case-sensitive).
        private static func lists(_ names: [String], _ name: String) -> Bool { names.contains { $0.isExactly(name) } }

        private static func list(_ names: [String]) -> String { names.prefix(10).joined(separator: ", ") }
    }

    package var grants: [Grant] { [signedIn?.grant, guest].compactMap { $0 } }

    package init(name: AppName, origins: Set<String>, signedIn: SignedIn?, guest: Grant?) {
        self.name = name
        self.origins = origins
        self.signedIn = signedIn
        self.guest = guest
    }
}
