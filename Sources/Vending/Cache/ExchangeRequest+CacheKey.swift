extension ExchangeRequest {
    /// `nil` for what is never shared, and so not kept.
    package var cacheKey: CacheKey? {
        guard policy == grant.policy else { return nil }
        switch holder {
        case .user(let identity, _):
            let claims = grant.attribution.tags.isEmpty ? [] : grant.attribution.claims.map { identity.claims[$0] }
            return CacheKey(grant: grant, holder: .user(identity.issuer, identity.subject), claims: claims)
        case .guests: return CacheKey(grant: grant, holder: .guests)
        case .visitor: return nil
        }
    }
}
