/// What a successful AssumeRole or AssumeRoleWithWebIdentity says.
struct AssumedRole: Sendable {
    let session: Session
    /// Percent of the room for policy and tags; absent where there was neither.
    let packedPolicySize: Int?
    /// Whose token it was, where there was one.
    let webIdentity: WebIdentity?
}

/// What an authentic token says that counts for STS.
struct WebIdentity: Sendable {
    let subject: String
    /// `azp` where the token has it, else `aud`.
    let audience: String
    /// What IAM calls the provider: its address without the scheme.
    let providerName: String
    /// ARN of the OIDC provider.
    let provider: String
    let tags: SessionTags
    let sourceIdentity: String?
}
