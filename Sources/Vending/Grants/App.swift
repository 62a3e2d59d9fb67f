// SPDX-License-Identifier: Apache-2.0

/// One application: the origins of its pages and the grant of each audience.
package struct App: Sendable {
    package let name: AppName
    /// Web origins that may read responses (RFC 6454), compared exactly.
    package let origins: Set<String>
    package let signedIn: SignedIn?
    package let guest: Grant?

    package struct SignedIn: Sendable {
        package let grant: Grant
        /// The issuers whose users are this app's users.
        package let issuers: Set<Issuer>
        /// Requirements that a user's token must all meet, in addition to those of the issuer.
        package let requirements: [ClaimRequirement]
        package let userDetails: UserDetailsRule

        package init(
            grant: Grant, issuers: Set<Issuer>, requirements: [ClaimRequirement] = [],
            userDetails: UserDetailsRule = .any
        ) {
            self.grant = grant
            self.issuers = issuers
            self.requirements = requirements
            self.userDetails = userDetails
        }

        /// Why the user may not use the app, for the operator's log; `nil` if they may.
        package func refusal(of identity: VerifiedIdentity) -> String? {
            guard issuers.contains(identity.issuer) else {
                let names = issuers.map(\.rawValue).sorted().joined(separator: ", ")
                return "issuer \(identity.issuer) is not one of this app's: \(names)"
            }
            let unmet = requirements.first { !$0.isMet(by: identity.claims[$0.path]) }
            return unmet.map { $0.mismatch(with: identity.claims[$0.path]) }
        }
    }

    package var grants: [Grant] { [signedIn?.grant, guest].compactMap { $0 } }

    package init(name: AppName, origins: Set<String>, signedIn: SignedIn?, guest: Grant?) {
        self.name = name
        self.origins = origins
        self.signedIn = signedIn
        self.guest = guest
    }
}
