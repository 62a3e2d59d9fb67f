/// What a successful AssumeRole or AssumeRoleWithWebIdentity says.
struct AssumedRole: Sendable {
    struct WebIdentity: Sendable {
        let subject: String
        let audience: String
        /// ARN of the OIDC provider.
        let provider: String
    }

    let session: Session
    /// Percent of the room for policy and tags; absent where there was neither.
    let packedPolicySize: Int?
    let sourceIdentity: String?
    let webIdentity: WebIdentity?
}
