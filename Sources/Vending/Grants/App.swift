/// One application: where its pages come from and what each audience is granted.
package struct App: Sendable {
    package let name: AppName
    /// Web origins that may read answers (RFC 6454), compared exactly.
    package let origins: Set<String>
    package let signedIn: SignedIn?
    package let guest: Grant?

    package struct SignedIn: Sendable {
        package let grant: Grant
        /// The issuers whose users are this app's users.
        package let issuers: Set<Issuer>
        /// What a user's token must say besides, all of it.
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

        /// Why this user may not use the app, for the operator's log; `nil` if they may.
        package func refusal(of identity: VerifiedIdentity) -> String? {
            guard issuers.contains(identity.issuer) else {
                let names = issuers.map(\.rawValue).sorted().joined(separator: ", ")
                return "issuer \(identity.issuer) is not one of this app's: \(names)"
            }
            let broken = requirements.first { !$0.isMet(by: identity.claims[$0.path]) }
            return broken.map { $0.mismatch(with: identity.claims[$0.path]) }
        }
    }

    package init(name: AppName, origins: Set<String>, signedIn: SignedIn?, guest: Grant?) {
        self.name = name
        self.origins = origins
        self.signedIn = signedIn
        self.guest = guest
    }
}
