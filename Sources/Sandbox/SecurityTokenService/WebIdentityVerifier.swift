import FoundationEssentials

/// Tells STS whose a web identity token is.
protocol WebIdentityVerifier: Sendable {
    func verify(_ token: String, at now: Date) async throws(STSError) -> WebIdentity
}
