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

        package init(grant: Grant, issuers: Set<Issuer>) {
            self.grant = grant
            self.issuers = issuers
        }
    }

    package init(name: AppName, origins: Set<String>, signedIn: SignedIn?, guest: Grant?) {
        self.name = name
        self.origins = origins
        self.signedIn = signedIn
        self.guest = guest
    }
}
