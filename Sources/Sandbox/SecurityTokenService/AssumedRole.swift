// SPDX-License-Identifier: Apache-2.0

/// The result of a successful AssumeRole or AssumeRoleWithWebIdentity.
struct AssumedRole: Sendable {
    let session: Session
    /// Percent of the packed-size limit for policy and tags; `nil` if there was neither.
    let packedPolicySize: Int?
    /// The verified token's identity; `nil` for AssumeRole.
    let webIdentity: WebIdentity?
}

/// The claims of a verified token that STS uses.
struct WebIdentity: Sendable {
    let subject: String
    /// `azp` if the token has it, else `aud`.
    let audience: String
    /// IAM's name for the provider: the issuer without its scheme.
    let providerName: String
    /// ARN of the OIDC provider.
    let provider: String
    let tags: SessionTags
    let sourceIdentity: String?
}
