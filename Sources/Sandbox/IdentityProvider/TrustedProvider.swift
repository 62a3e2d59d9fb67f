import FoundationEssentials
import Tokens
import Vending

/// The identity provider as IAM knows it: its issuer, its keys and the one client that the role's trust policy admits.
struct TrustedProvider: WebIdentityVerifier {
    /// Verdicts that the authenticator may remember, which nothing here asks for again.
    private static let verdicts = 100

    private let authenticator: TokenAuthenticator
    private let audience: String
    private let arn: String

    init(_ provider: IdentityProvider, keys: KeySet, account: Account) {
        audience = provider.clientID
        // IAM names a provider by its address without the scheme.
        arn = "arn:aws:iam::\(account.id):oidc-provider/\(provider.issuer.trimmingPrefix("http://"))"
        authenticator = TokenAuthenticator(
            issuers: [
                IssuerRules(
                    issuer: Issuer(provider.issuer), audiences: [audience], algorithms: [provider.signer.algorithm],
                    keys: FixedKeys(keys))
            ],
            verdicts: Self.verdicts)
    }

    func verify(_ token: String, at now: Date) async throws(STSError) -> AssumedRole.WebIdentity {
        do {
            let identity = try await authenticator.verify(BearerToken(token), at: now)
            return AssumedRole.WebIdentity(subject: identity.subject.rawValue, audience: audience, provider: arn)
        } catch {
            throw Self.error(for: error)
        }
    }

    /// In the words of STS, where they are known.
    private static func error(for refusal: TokenRefusal) -> STSError {
        switch refusal.reason {
        case .expired:
            .expiredToken("Token expired: \(refusal.detail)")
        case .issuerMissing, .issuerUnknown:
            .invalidIdentityToken("No OpenIDConnect provider found in your account for the token's issuer")
        case .audienceMissing, .audienceWrong, .authorizedPartyWrong:
            .invalidIdentityToken("Incorrect token audience")
        case .keysUnavailable, .keyUnknown, .keyAmbiguous, .keyUnfit:
            .invalidIdentityToken(
                """
                Couldn't retrieve verification key from your identity provider,  please reference \
                AssumeRoleWithWebIdentity documentation for requirements
                """)
        default:
            .invalidIdentityToken("The ID Token provided is not a valid JWT: \(refusal.reason.rawValue)")
        }
    }
}
