// SPDX-License-Identifier: Apache-2.0

/// A Cognito identity pool, and how Purser obtains credentials from it (Amazon Cognito Developer Guide, "Identity pools
/// authentication flow").
package struct IdentityPool: Hashable, Sendable {
    package enum Flow: Hashable, Sendable {
        /// Cognito assumes the role itself: sessions last one hour and have no session policy. `customRole` is
        /// `CustomRoleArn`, for pools that choose among roles.
        case enhanced(customRole: String?)
        /// Cognito issues a token for `AssumeRoleWithWebIdentity`; the pool must allow it (`AllowClassicFlow`).
        case basic(role: String)
    }

    /// `REGION:UUID`.
    package let id: String
    /// The first part of the id.
    package let region: String
    package let flow: Flow
    /// The provider's name in `Logins`, if it is not the issuer without `https://`.
    package let login: String?

    /// - Returns: `nil` unless `isID(id)` and, if there is a login, `isProviderName(login)`.
    package init?(id: String, flow: Flow, login: String? = nil) {
        guard let region = Self.region(of: id), login.map(Self.isProviderName) ?? true else { return nil }
        self.id = id
        self.region = region
        self.flow = flow
        self.login = login
    }

    /// The role of the sessions; `nil` if the pool chooses it.
    package var roleARN: String? {
        switch flow {
        case .enhanced(let customRole): customRole
        case .basic(let role): role
        }
    }

    /// The key of `Logins` for tokens of the issuer (GetId `Logins`).
    ///
    /// It is the URL without its scheme for every OIDC provider, including Cognito user pools
    /// (`cognito-idp.REGION.amazonaws.com/POOL`) and Google (`accounts.google.com`).
    package func providerName(of issuer: Issuer) -> String {
        if let login { return login }
        let scheme = "https://"
        return issuer.rawValue.hasPrefix(scheme) ? String(issuer.rawValue.dropFirst(scheme.count)) : issuer.rawValue
    }

    /// Whether `text` is `REGION:UUID` in lower case, as Cognito spells it.
    package static func isID(_ text: String) -> Bool { region(of: text) != nil }

    /// 1–128 visible ASCII characters without a scheme (`IdentityProviderName`).
    package static func isProviderName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            && !text.contains("://")
    }

    private static func region(of id: String) -> String? {
        let parts = id.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, isRegion(parts[0].utf8), isUUID(parts[1].utf8) else { return nil }
        return String(parts[0])
    }

    private static func isRegion(_ text: Substring.UTF8View) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return text.count <= 32 && parts.count >= 3
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0.isASCIIDigit || (0x61...0x7A).contains($0) }
            }
    }

    private static func isUUID(_ text: Substring.UTF8View) -> Bool {
        let groups = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.joined().allSatisfy { $0.isASCIIDigit || (0x61...0x66).contains($0) }
    }
}
